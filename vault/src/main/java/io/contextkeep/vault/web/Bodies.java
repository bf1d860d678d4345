package io.contextkeep.vault.web;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The reading of request bodies. Bytes are counted from their arrival until the request is
 * answered, against a limit for all bodies and a share of it for each caller, so that neither many
 * connections nor one caller can fill the memory.
 */
final class Bodies {
  private static final int SHARES = 4;

  /** How much later than at the edge a body is given up, if that did not notice its end. */
  private static final Duration AFTER_THE_EDGE = Duration.ofSeconds(5);

  private final int largest;
  private final Duration longest;
  private final long inFlight;
  private final long share;
  private final Map<String, Long> held = new HashMap<>();
  private long all;

  /**
   * @param largest the most bytes of a body
   * @param inFlight the most bytes of all bodies together, at least one of the largest
   * @param longest the longest wait for a body
   */
  Bodies(int largest, long inFlight, Duration longest) {
    this.largest = largest;
    this.longest = longest;
    this.inFlight = Math.max(largest, inFlight);
    this.share = Math.max(largest, inFlight / SHARES);
  }

  static Bodies of(HttpSettings settings) {
    return new Bodies(
        settings.maxBodyBytes(),
        settings.maxBodiesBytes(),
        settings.requestTimeout().plus(AFTER_THE_EDGE));
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
     * Reads the body. It blocks, and must not be called on the event loop. A connection may end at
     * any step without a word about its request, so the wait is bounded.
     *
     * @throws Problem if it is too large, incomplete, too late, or exceeds a limit
     */
    byte[] read(Context loop) {
      loop.runOnContext(_ -> begin());
      try {
        return whole.get(longest.toNanos(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Problem problem ? problem : incomplete();
      } catch (TimeoutException e) {
        fail(incomplete());
        throw incomplete();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw incomplete();
      }
    }

    private void begin() {
      if (request.response().closed()) {
        fail(incomplete());
        return;
      }
      try {
        if (Expectation.isContinue(request)) {
          request.response().writeContinue();
        }
        request.exceptionHandler(_ -> fail(incomplete()));
        request.handler(this::arrived);
        request.endHandler(_ -> whole.complete(read.getBytes()));
        request.resume();
      } catch (IllegalStateException ended) {
        // The request or its answer has ended meanwhile; no handler would be called.
        fail(incomplete());
      }
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

  private static Problem incomplete() {
    return Problem.badRequest("malformed_request", "The body is incomplete");
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
