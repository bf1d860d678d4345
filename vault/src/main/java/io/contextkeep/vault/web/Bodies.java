package io.contextkeep.vault.web;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The reading of request bodies. Bytes are counted from their arrival until the request is
 * answered, against a limit for all bodies and a share of it for each caller, so that neither many
 * connections nor one caller can fill the memory.
 */
final class Bodies {
  private static final int SHARES = 4;

  private final int largest;
  private final long inFlight;
  private final long share;
  private final Map<String, Long> held = new HashMap<>();
  private long all;

  /**
   * @param largest the most bytes of a body
   * @param inFlight the most bytes of all bodies together, at least one of the largest
   */
  Bodies(int largest, long inFlight) {
    this.largest = largest;
    this.inFlight = Math.max(largest, inFlight);
    this.share = Math.max(largest, inFlight / SHARES);
  }

  /** Returns whether a body follows the request's head. */
  static boolean follows(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || length(request) > 0;
  }

  /** Returns whether part of the request is still unread. */
  static boolean isLeft(HttpServerRequest request) {
    return follows(request) && !request.isEnded();
  }

  private static long length(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    // The framing has refused more digits than a long has.
    return length == null ? 0 : Long.parseLong(length);
  }

  /** Returns the fault of a body that is too large by its head. */
  Optional<Problem> fault(HttpServerRequest request) {
    return length(request) > largest ? Optional.of(tooLarge()) : Optional.empty();
  }

  /** A body that is being read; closing it releases its bytes. */
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
     * @throws Problem if it is too large, incomplete, or exceeds a limit
     */
    byte[] read(Context loop) {
      loop.runOnContext(_ -> begin());
      try {
        return whole.join();
      } catch (CompletionException | CancellationException e) {
        throw e.getCause() instanceof Problem problem
            ? problem
            : Problem.badRequest("malformed_request", "The body is incomplete");
      }
    }

    private void begin() {
      if (request.response().closed()) {
        fail(Problem.badRequest("malformed_request", "The body is incomplete"));
        return;
      }
      if (Expectation.isContinue(request)) {
        request.response().writeContinue();
      }
      request.exceptionHandler(
          _ -> fail(Problem.badRequest("malformed_request", "The body is incomplete")));
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
   * Begins to read a body.
   *
   * @param caller the caller whose share it counts against
   * @throws Problem if the limit is reached now
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
    return new Problem(
        503, "overloaded", "The vault is receiving too many request bodies; try again");
  }
}
