package io.contextkeep.vault.http;

import io.contextkeep.vault.identity.TokenVerifier;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Takes a request off the event loop: it is read whole there, answered by straight-line code on a
 * virtual thread of its own, and written back on the loop. A semaphore bounds how many are answered
 * at once; the next one is told to come back.
 */
final class OnVirtualThread {
  private final ExecutorService threads;
  private final Semaphore places;
  private final TokenVerifier tokens;

  OnVirtualThread(ExecutorService threads, int places, TokenVerifier tokens) {
    this.threads = threads;
    this.places = new Semaphore(places);
    this.tokens = tokens;
  }

  Handler<RoutingContext> handle(Function<Request, Answer> handler) {
    return routing -> {
      String id = UUID.randomUUID().toString();
      if (!places.tryAcquire()) {
        Problem full = new Problem(503, "overloaded", "Too many requests at once; try again");
        write(routing, id, Answer.problem(full));
        return;
      }
      Context loop = routing.vertx().getOrCreateContext();
      try {
        threads.execute(
            () -> {
              Answer answer = answer(routing, id, handler);
              places.release();
              loop.runOnContext(_ -> write(routing, id, answer));
            });
      } catch (RejectedExecutionException stopping) {
        places.release();
        Problem stopped = new Problem(503, "stopping", "The vault is stopping; try again");
        write(routing, id, Answer.problem(stopped));
      }
    };
  }

  private Answer answer(RoutingContext routing, String id, Function<Request, Answer> handler) {
    try {
      return handler.apply(Intake.request(routing, id, tokens));
    } catch (RuntimeException | Error e) {
      return Answer.problem(Problems.of(e, id));
    }
  }

  static void write(RoutingContext routing, String id, Answer answer) {
    if (routing.response().ended() || routing.response().closed()) {
      return;
    }
    var response =
        routing
            .response()
            .setStatusCode(answer.status())
            .putHeader("Content-Type", answer.contentType())
            .putHeader("Cache-Control", "no-store")
            .putHeader("X-Request-Id", id);
    answer.headers().forEach(response::putHeader);
    if (answer.status() == 503) {
      response.putHeader("Retry-After", "1");
    }
    if (answer.status() == 401) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    response.end(Buffer.buffer(answer.body()));
  }
}
