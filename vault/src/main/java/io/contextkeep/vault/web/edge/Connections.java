package io.contextkeep.vault.web.edge;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The connections that are open, and how many there may be. Where one is too many, the one that has
 * been idle for longest makes room; where none is idle, the new one is refused. So idle connections
 * keep nobody out, and all of them together leave descriptors for the vault's own files.
 */
public final class Connections {
  /** Files, the graph, the OPA server, issuers, callbacks. */
  private static final int RESERVED_DESCRIPTORS = 256;

  private static final int FEWEST = 16;
  private static final AttributeKey<Connection> OF = AttributeKey.valueOf(Connections.class, "of");

  /** One of them. A connection is idle while no request has begun on it and no answer is due. */
  final class Connection {
    private final Channel channel;
    private final InetAddress address;
    private boolean idle = true;
    private long since = System.nanoTime();
    private volatile boolean givenUp;

    private Connection(Channel channel, InetAddress address) {
      this.channel = channel;
      this.address = address;
    }

    /** Closes it; one that no event loop has yet is closed as soon as one has it. */
    private void giveUp() {
      givenUp = true;
      if (channel.isRegistered()) {
        channel.close();
      }
    }

    void idle(boolean now) {
      synchronized (Connections.this) {
        if (idle != now) {
          idle = now;
          since = System.nanoTime();
        }
      }
    }
  }

  private final int most;
  private final int mostPerAddress;
  private final Refusals refusals;
  private final Set<Connection> open = new HashSet<>();
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();

  public Connections(ConnectionLimits limits, Refusals refusals) {
    this.refusals = refusals;
    this.most = Math.min(limits.connections(), Math.max(FEWEST, descriptors()));
    this.mostPerAddress = limits.perAddress();
  }

  /** How many connections there may be at once: fewer than configured where descriptors are few. */
  public int most() {
    return most;
  }

  private static int descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int)
            Math.min(
                Integer.MAX_VALUE,
                unix.getMaxFileDescriptorCount()
                    - unix.getOpenFileDescriptorCount()
                    - RESERVED_DESCRIPTORS)
        : Integer.MAX_VALUE;
  }

  /** Counts a new connection in until it is closed, unless it is one too many. */
  synchronized boolean admit(Channel channel, InetAddress address) {
    if (byAddress.getOrDefault(address, 0) >= mostPerAddress && !madeRoom(Optional.of(address))) {
      return false;
    }
    if (open.size() >= most && !madeRoom(Optional.empty())) {
      return false;
    }
    Connection connection = new Connection(channel, address);
    open.add(connection);
    byAddress.merge(address, 1, Integer::sum);
    channel.attr(OF).set(connection);
    channel
        .pipeline()
        .addFirst(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRegistered(ChannelHandlerContext ctx) {
                ctx.fireChannelRegistered();
                if (connection.givenUp) {
                  ctx.close();
                }
              }
            });
    channel.closeFuture().addListener(_ -> closed(connection));
    return true;
  }

  private boolean madeRoom(Optional<InetAddress> address) {
    Optional<Connection> longestIdle =
        open.stream()
            .filter(one -> one.idle && address.map(one.address::equals).orElse(true))
            .min(Comparator.comparingLong(one -> one.since));
    longestIdle.ifPresent(
        one -> {
          refusals.count(Refused.CROWDED_OUT);
          closed(one);
          one.giveUp();
        });
    return longestIdle.isPresent();
  }

  private synchronized void closed(Connection connection) {
    if (open.remove(connection)) {
      byAddress.computeIfPresent(connection.address, (_, count) -> count > 1 ? count - 1 : null);
    }
  }

  static Connection of(Channel channel) {
    return channel.attr(OF).get();
  }
}
