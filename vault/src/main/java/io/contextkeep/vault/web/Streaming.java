package io.contextkeep.vault.web;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends an answer while it is made. The maker waits until the connection has taken each piece, so
 * that a slow client holds only a few pieces in memory; one that takes nothing for a minute is
 * given up. An incomplete answer ends in a reset connection, so that it does not look complete.
 */
final class Streaming extends OutputStream {
  private static final Logger LOG = LoggerFactory.getLogger(Streaming.class);
  private static final int PIECE = 32_768;
  private static final long TIMEOUT_SECONDS = 60;

  private final Context loop;
  private final HttpServerResponse response;
  private final BooleanSupplier stopping;

  private Streaming(Context loop, HttpServerResponse response, BooleanSupplier stopping) {
    this.loop = loop;
    this.response = response;
    this.stopping = stopping;
  }

  /**
   * Sends the answer; returns when it is sent or has failed.
   *
   * @param head sets status and headers, on the event loop
   */
  static void send(
      RoutingContext routing,
      Context loop,
      String id,
      Answer answer,
      Runnable head,
      BooleanSupplier stopping) {
    Streaming streaming = new Streaming(loop, routing.response(), stopping);
    Answer.Stream stream = answer.stream().orElseThrow();
    int outcome = RequestWatch.GONE;
    try {
      streaming.onLoop(
          () -> {
            head.run();
            return Future.succeededFuture(0);
          });
      BufferedOutputStream out = new BufferedOutputStream(streaming, PIECE);
      stream.writeTo(out);
      out.flush();
      streaming.onLoop(streaming.response::end);
      outcome = answer.status();
    } catch (IOException gone) {
      streaming.abort();
    } catch (RuntimeException | Error e) {
      LOG.atError()
          .addKeyValue("request", id)
          .addKeyValue("thrown", e.getClass().getName())
          .log("an answer was cut off");
      outcome = 500;
      streaming.abort();
    } finally {
      stream.end();
    }
    int seen = outcome;
    loop.runOnContext(_ -> RequestWatch.answered(routing, id, seen));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (stopping.getAsBoolean()) {
      throw new IOException("The vault is stopping");
    }
    Buffer piece = Buffer.buffer(length).appendBytes(bytes, from, length);
    onLoop(() -> response.write(piece));
  }

  private <T> void onLoop(Supplier<Future<T>> work) throws IOException {
    Promise<T> done = Promise.promise();
    loop.runOnContext(
        _ -> {
          if (response.closed()) {
            done.fail(new IOException("The client has gone"));
          } else {
            work.get().onComplete(done);
          }
        });
    try {
      done.future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("The client has gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while sending");
    }
  }

  private void abort() {
    loop.runOnContext(_ -> response.reset());
  }
}
