package io.contextkeep.vault.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The reading of request bodies. Bytes count from their arrival until the request is answered; all
 * together have one limit, and each caller has a share of it, so that neither many connections nor
 * one caller can fill the memory. A body that does not arrive in time is given up.
 */
final class Bodies {
  private static final int SHARES = 4;

  private final int largest;
  private final long inFlight;
  private final long share;
  private final Duration patience;
  private final Map<String, Long> held = new HashMap<>();
  private long all;

  /**
   * @param largest bytes that one body may have
   * @param inFlight bytes that all bodies may have together, at least one of the largest
   * @param patience how long a body may take to arrive
   */
  Bodies(int largest, long inFlight, Duration patience) {
    this.largest = largest;
    this.inFlight = Math.max(largest, inFlight);
    this.share = Math.max(largest, inFlight / SHARES);
    this.patience = patience;
  }

  /** Whether the request says that a body follows its head. */
  static boolean follows(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || length(request) > 0;
  }

  private static long length(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    // More digits than a long has were refused with the framing.
    return length == null ? 0 : Long.parseLong(length);
  }

  /** Says that a body will be too large, where its head says so. */
  Optional<Problem> fault(HttpServerRequest request) {
    return length(request) > largest ? Optional.of(tooLarge()) : Optional.empty();
  }

  /** A body under way: what it counts for is given back when it is closed. */
  final class Lease implements AutoCloseable {
    private final HttpServerRequest request;
    private final String caller;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final Buffer read = Buffer.buffer();
    private long taken;
    private boolean closed;

    private Lease(HttpServerRequest request, String caller) {
      this.request = request;
      this.caller = caller;
    }

    /**
     * Reads the body. It blocks, and must not be called on the event loop.
     *
     * @throws Problem if it is too large, too slow, or one too many at once
     */
    byte[] read(Vertx vertx, Context loop) {
      loop.runOnContext(_ -> begin(vertx));
      try {
        return whole.join();
      } catch (CompletionException | CancellationException e) {
        throw e.getCause() instanceof Problem problem
            ? problem
            : Problem.badRequest("malformed_request", "The body did not arrive whole");
      }
    }

    private void begin(Vertx vertx) {
      if (request.response().closed()) {
        fail(Problem.badRequest("malformed_request", "The body did not arrive whole"));
        return;
      }
      long timer = vertx.setTimer(patience.toMillis(), _ -> fail(tooSlow()));
      whole.whenComplete((_, _) -> vertx.cancelTimer(timer));
      if (Expectation.isContinue(request)) {
        request.response().writeContinue();
      }
      request.exceptionHandler(
          _ -> fail(Problem.badRequest("malformed_request", "The body did not arrive whole")));
      request.handler(this::arrived);
      request.endHandler(_ -> whole.complete(read.getBytes()));
      request.resume();
    }

    private void arrived(Buffer piece) {
      if (whole.isDone()) {
        return;
      }
      if (read.length() + piece.length() > largest) {
        fail(tooLarge());
      } else if (!take(piece.length())) {
        fail(full());
      } else {
        read.appendBuffer(piece);
      }
    }

    private void fail(Problem problem) {
      whole.completeExceptionally(problem);
    }

    private boolean take(long bytes) {
      synchronized (Bodies.this) {
        long theirs = held.getOrDefault(caller, 0L);
        if (closed || all + bytes > inFlight || theirs + bytes > share) {
          return false;
        }
        all += bytes;
        taken += bytes;
        held.put(caller, theirs + bytes);
        return true;
      }
    }

    @Override
    public void close() {
      synchronized (Bodies.this) {
        closed = true;
        all -= taken;
        long rest = held.getOrDefault(caller, 0L) - taken;
        if (rest > 0) {
          held.put(caller, rest);
        } else {
          held.remove(caller);
        }
        taken = 0;
      }
    }
  }

  /**
   * Begins with a body of which nothing has been read.
   *
   * @param caller whose share it counts for
   * @throws Problem if there is no room for it now
   */
  Lease of(HttpServerRequest request, String caller) {
    long length = length(request);
    synchronized (this) {
      if (all + length > inFlight || held.getOrDefault(caller, 0L) + length > share) {
        throw full();
      }
    }
    return new Lease(request, caller);
  }

  private Problem tooLarge() {
    return new Problem(
        413, "body_too_large", "Send a smaller body; this vault takes " + largest + " bytes");
  }

  private static Problem full() {
    return new Problem(503, "overloaded", "Too many request bodies at once; try again");
  }

  private Problem tooSlow() {
    return new Problem(
        408,
        "request_timeout",
        "Send the whole request within " + patience.toSeconds() + " seconds");
  }
}
