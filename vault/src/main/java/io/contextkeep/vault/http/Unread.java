package io.contextkeep.vault.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The end of a connection whose request was answered before its body was read. A connection that is
 * closed with unread bytes is reset, and the client may lose the answer (RFC 9112 section 9.6): so
 * for a short time what still comes is thrown away, and then the connection is closed.
 */
final class Unread {
  private static final long LONGEST_MILLIS = 2_000;
  private static final long MOST_BYTES = 16L << 20;

  private Unread() {}

  /** Whether the rest of the request must be thrown away. */
  static boolean isLeft(HttpServerRequest request) {
    return Bodies.follows(request) && !request.isEnded();
  }

  /** Ends the response and, once the client had time to read it, the connection. */
  static void end(Vertx vertx, HttpServerRequest request, Buffer body) {
    HttpServerResponse response = request.response().putHeader("Connection", "close");
    Runnable close = () -> request.connection().close();
    AtomicLong left = new AtomicLong(MOST_BYTES);
    response
        .end(body)
        .onComplete(
            _ -> {
              if (request.isEnded()) {
                close.run();
                return;
              }
              vertx.setTimer(LONGEST_MILLIS, _ -> close.run());
              request.exceptionHandler(_ -> close.run());
              request.endHandler(_ -> close.run());
              request.handler(
                  piece -> {
                    if (left.addAndGet(-piece.length()) < 0) {
                      close.run();
                    }
                  });
              request.resume();
            });
  }
}
