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
 * The open connections and their limit. When it is reached, the connection that has been idle for
 * longest is closed; if none is idle, the new one is refused. So idle connections block no others,
 * and enough descriptors remain for the vault's own files.
 */
public final class Connections {
  /** Descriptors for files, the graph, the OPA server, issuers and callbacks. */
  private static final int RESERVED_DESCRIPTORS = 256;

  private static final int MIN = 16;
  private static final AttributeKey<Connection> OF = AttributeKey.valueOf(Connections.class, "of");

  /** An open connection. It is idle while no request has begun on it and no answer is due. */
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

    /** Closes it, as soon as it has an event loop. */
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

  private final int max;
  private final int mostPerAddress;
  private final Refusals refusals;
  private final Set<Connection> open = new HashSet<>();
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();

  public Connections(ConnectionLimits limits, Refusals refusals) {
    this.refusals = refusals;
    this.max = Math.min(limits.connections(), Math.max(MIN, descriptors()));
    this.mostPerAddress = limits.perAddress();
  }

  /** Returns the limit of connections, lower than configured if there are too few descriptors. */
  public int max() {
    return max;
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

  /** Admits a new connection until it is closed, unless the limit is reached. */
  synchronized boolean admit(Channel channel, InetAddress address) {
    if (byAddress.getOrDefault(address, 0) >= mostPerAddress && !madeRoom(Optional.of(address))) {
      return false;
    }
    if (open.size() >= max && !madeRoom(Optional.empty())) {
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
