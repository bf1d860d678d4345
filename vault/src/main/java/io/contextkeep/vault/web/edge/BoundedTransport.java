package io.contextkeep.vault.web.edge;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transport that bounds the open connections, including those that have sent nothing yet. */
public final class BoundedTransport extends NioTransport {
  private static final Logger LOG = LoggerFactory.getLogger(BoundedTransport.class);

  private final Connections connections;
  private final byte[] goAway;
  private final Refusals refusals;

  private BoundedTransport(Connections connections, byte[] goAway, Refusals refusals) {
    this.refusals = refusals;
    this.connections = connections;
    this.goAway = goAway;
  }

  /**
   * @param plain whether connections are not encrypted, so that a refused one gets an answer
   */
  public static Transport of(Connections connections, boolean plain, Refusals refusals) {
    byte[] body =
        refusals.body(Refused.OVERLOADED, "Too many connections are open; try again later");
    byte[] goAway =
        plain ? Refusal.bytes(Refused.OVERLOADED, body, "Retry-After: 1\r\n") : new byte[0];
    return new TransportInternal(
        "bounded", true, null, new BoundedTransport(connections, goAway, refusals));
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return domainSocket ? super.serverChannelFactory(true) : Accepting::new;
  }

  private final class Accepting extends NioServerSocketChannel {
    @Override
    protected int doReadMessages(List<Object> accepted) throws IOException {
      SocketChannel socket = javaChannel().accept();
      if (socket == null) {
        return 0;
      }
      try {
        NioSocketChannel channel = new NioSocketChannel(this, socket);
        if (socket.getRemoteAddress() instanceof InetSocketAddress address
            && connections.admit(channel, address.getAddress())) {
          accepted.add(channel);
          return 1;
        }
        refusals.count(Refused.OVERLOADED);
      } catch (IOException | RuntimeException gone) {
        // An exception for a client that has gone must not stop the listener.
        LOG.debug("a connection was not accepted", gone);
      }
      refuse(socket);
      return 0;
    }

    /** Writes as much as fits into the socket's buffer, without waiting. */
    private void refuse(SocketChannel socket) {
      try (socket) {
        if (goAway.length > 0) {
          socket.write(ByteBuffer.wrap(goAway));
          socket.shutdownOutput();
        }
      } catch (IOException gone) {
        // The connection is closed in any case.
      }
    }
  }
}
