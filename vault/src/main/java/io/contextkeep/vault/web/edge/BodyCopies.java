package io.contextkeep.vault.web.edge;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;

/**
 * Copies each piece of a body out of pooled memory before the HTTP server keeps it. The server
 * (Vert.x 5.0 to 5.1) queues pieces while a request is paused and does not release them when the
 * connection closes. Pooled pieces would leak, and refused bodies could exhaust the memory of all
 * connections.
 */
final class BodyCopies extends ChannelInboundHandlerAdapter {

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpContent piece && piece.content().isReadable()) {
      HttpContent copy = piece.replace(Unpooled.copiedBuffer(piece.content()));
      piece.release();
      ctx.fireChannelRead(copy);
    } else {
      ctx.fireChannelRead(message);
    }
  }
}
