package io.contextkeep.vault.web.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The handler before the decoder of each connection, which passes only requests with strict framing
 * that arrive in time. On a fault it waits for the answers that are due, sends its own, and closes.
 * A connection that is closed with unread bytes is reset and the client may lose the answer (RFC
 * 9112 section 9.6), so further bytes are discarded for a short time first.
 */
public final class Gate extends ChannelInboundHandlerAdapter {
  private static final Duration LINGER = Duration.ofSeconds(2);
  private static final long MAX_DISCARDED = 16L << 20;
  private static final long MIN_PROGRESS = 64L << 10;
  private static final int AT_ONCE = 1_024;

  private final ConnectionLimits limits;
  private final Refusals refusals;
  private final Framing framing = new Framing();
  private Optional<Framing.Fault> fault = Optional.empty();
  private @Nullable ScheduledFuture<?> timer;
  private long timed = -1;
  private long answered;
  private long untaken;
  private boolean answering;
  private boolean closing;
  private long discarded;

  private Gate(ConnectionLimits limits, Refusals refusals) {
    this.limits = limits;
    this.refusals = refusals;
  }

  /** Puts a gate before the decoder of a connection that has read nothing yet. */
  public static void guard(ChannelPipeline pipeline, ConnectionLimits limits, Refusals refusals) {
    Gate gate = new Gate(limits, refusals);
    pipeline.addBefore("httpDecoder", "gate", gate);
    pipeline.addAfter("httpEncoder", "answers", gate.new Answers());
    pipeline.addBefore("handler", "options", new ConnectionOptions());
    pipeline.addBefore("handler", "bodies", new BodyCopies());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timer =
        after(
            ctx,
            limits.firstByte(),
            () -> {
              refusals.count(Refused.SILENT);
              ctx.close();
            });
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stopTimer();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopTimer();
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(message);
      return;
    }
    if (closing || fault.isPresent()) {
      discard(ctx, bytes);
      return;
    }
    int sound = sound(bytes);
    watch(ctx);
    if (fault.isEmpty()) {
      ctx.fireChannelRead(bytes);
    } else {
      ctx.fireChannelRead(bytes.readRetainedSlice(sound));
      bytes.release();
      answerFault(ctx);
    }
  }

  /** Returns how many of the bytes come before the first fault. */
  private int sound(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int at = from;
    byte[] some = new byte[Math.min(bytes.readableBytes(), AT_ONCE)];
    while (at < bytes.writerIndex() && fault.isEmpty()) {
      int passed = framing.passable(bytes.writerIndex() - at);
      if (passed > 0) {
        framing.pass(passed);
        at += passed;
      } else {
        int count = Math.min(some.length, bytes.writerIndex() - at);
        bytes.getBytes(at, some, 0, count);
        at += framing.take(some, count);
        fault = framing.fault();
        fault.ifPresent(found -> refusals.count(found.why()));
      }
    }
    return at - from;
  }

  /** Times each request from its first byte to its last. */
  private void watch(ChannelHandlerContext ctx) {
    if (!framing.inside()) {
      stopTimer();
      timed = -1;
    } else if (timed != framing.ends()) {
      stopTimer();
      timed = framing.ends();
      timer = after(ctx, limits.request(), () -> tooSlow(ctx));
    }
    idle(ctx);
  }

  /** Updates whether the connection is idle; an answer is due until the client has all of it. */
  private void idle(ChannelHandlerContext ctx) {
    boolean due = answered != framing.heads() || untaken > 0;
    Connections.of(ctx.channel()).idle(!framing.inside() && !due);
  }

  private void tooSlow(ChannelHandlerContext ctx) {
    if (fault.isEmpty() && !closing) {
      refusals.count(Refused.REQUEST_TIMEOUT);
      fault =
          Optional.of(
              new Framing.Fault(
                  Refused.REQUEST_TIMEOUT,
                  "Send the whole request within " + limits.request().toSeconds() + " seconds"));
      answerFault(ctx);
    }
  }

  /** Answers once no earlier answer is due, since answers are matched to requests by order. */
  private void answerFault(ChannelHandlerContext ctx) {
    boolean mine = !framing.inBody() || answered < framing.heads();
    long before = framing.inBody() ? framing.heads() - 1 : framing.heads();
    if (closing || answered < before || answering) {
      return;
    }
    if (mine) {
      Framing.Fault found = fault.orElseThrow();
      byte[] body = refusals.body(found.why(), found.detail());
      ctx.write(Unpooled.wrappedBuffer(Refusal.bytes(found.why(), body, "")));
    }
    finish(ctx);
  }

  private void finish(ChannelHandlerContext ctx) {
    closing = true;
    stopTimer();
    timer = after(ctx, limits.request(), () -> notTaken(ctx));
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                sent -> {
                  stopTimer();
                  if (sent.isSuccess()) {
                    linger(ctx);
                  } else {
                    ctx.close();
                  }
                });
    ctx.channel().config().setAutoRead(true);
  }

  private void linger(ChannelHandlerContext ctx) {
    timer = after(ctx, LINGER, () -> ctx.close());
    if (ctx.pipeline().get(SslHandler.class) == null
        && ctx.channel() instanceof DuplexChannel socket) {
      socket.shutdownOutput();
    }
  }

  private void notTaken(ChannelHandlerContext ctx) {
    refusals.count(Refused.ANSWER_NOT_TAKEN);
    ctx.close();
  }

  private void discard(ChannelHandlerContext ctx, ByteBuf bytes) {
    discarded += bytes.readableBytes();
    bytes.release();
    if (discarded > MAX_DISCARDED) {
      ctx.close();
    }
  }

  private static ScheduledFuture<?> after(ChannelHandlerContext ctx, Duration time, Runnable work) {
    return ctx.executor().schedule(work, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Observes outgoing answers, after the encoder. */
  private final class Answers extends ChannelOutboundHandlerAdapter {
    private boolean last;
    private @Nullable ScheduledFuture<?> timeout;

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (closing) {
        ReferenceCountUtil.release(message);
        promise.trySuccess();
        return;
      }
      boolean interim =
          message instanceof HttpResponse response
              && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
      if (message instanceof HttpResponse response && !interim) {
        answering = true;
        last =
            response
                .headers()
                .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
      }
      if (message instanceof LastHttpContent && !interim) {
        untaken++;
        ctx.write(message, promise.unvoid()).addListener(_ -> taken(ctx));
        answering = false;
        answered++;
        ended(ctx.pipeline().context(Gate.this));
      } else {
        ctx.write(message, promise);
      }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      ctx.flush();
      if (untaken > 0 && timeout == null) {
        wait(ctx, unsent(ctx));
      }
    }

    /** Closes the connection of a client that takes too little of its answer in a period. */
    private void wait(ChannelHandlerContext ctx, long before) {
      timeout =
          after(
              ctx,
              limits.request(),
              () -> {
                long now = unsent(ctx);
                if (now > before - MIN_PROGRESS) {
                  notTaken(ctx);
                } else {
                  wait(ctx, now);
                }
              });
    }

    private static long unsent(ChannelHandlerContext ctx) {
      ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
      return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    private void taken(ChannelHandlerContext ctx) {
      untaken--;
      if (timeout != null) {
        timeout.cancel(false);
        timeout = null;
      }
      if (ctx.channel().isActive()) {
        idle(ctx.pipeline().context(Gate.this));
      }
    }

    private void ended(ChannelHandlerContext gate) {
      idle(gate);
      if (last || framing.inBody() && answered == framing.heads()) {
        finish(gate);
      } else if (fault.isPresent()) {
        answerFault(gate);
      }
    }
  }
}
