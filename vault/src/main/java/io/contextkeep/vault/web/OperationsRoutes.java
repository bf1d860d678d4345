package io.contextkeep.vault.web;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.vault.ops.Operations;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The routes for monitoring: liveness, readiness and metrics. */
final class OperationsRoutes implements Routes.Api {

  /** Prometheus' text format. */
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final Operations operations;
  private final BooleanSupplier readable;
  private final ExecutorService threads;

  /**
   * @param readable whether the store can be read
   */
  OperationsRoutes(Operations operations, BooleanSupplier readable, ExecutorService threads) {
    this.operations = operations;
    this.readable = readable;
    this.threads = threads;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/health/live")
        .anonymous(Media.TEXT)
        .handleOnLoop(routing -> write(routing, live()));
    routes.route(GET, "/health/ready").anonymous(Media.TEXT).handleOnLoop(this::ready);
    routes.route(GET, "/metrics").anonymous(Media.TEXT).handleOnLoop(this::metrics);
  }

  private Answer live() {
    Optional<String> dead = operations.dead().get();
    return health(dead.isEmpty(), "alive", dead.map(name -> "ended: " + name + "\n").orElse(""));
  }

  /** Answers whether the vault is ready; the details need the token. */
  private void ready(RoutingContext routing) {
    boolean details = isReader(routing.request());
    offTheLoop(() -> ready(details)).handle(routing);
  }

  private Answer ready(boolean details) {
    try {
      boolean ready =
          operations.dead().get().isEmpty()
              && operations.readiness().ready()
              && readable.getAsBoolean();
      return health(ready, details ? operations.readiness().note() : "");
    } catch (RuntimeException unreadable) {
      return health(false, "");
    }
  }

  private static Answer health(boolean well, String note) {
    return health(well, "ready", note);
  }

  private static Answer health(boolean well, String what, String note) {
    Answer answer = Answer.text(Media.UTF_8_TEXT, (well ? "ok\n" : "not " + what + "\n") + note);
    return new Answer(well ? 200 : 503, answer.contentType(), answer.body());
  }

  private void metrics(RoutingContext routing) {
    try {
      checkReader(routing.request());
    } catch (Problem problem) {
      write(routing, Answer.problem(problem));
      return;
    }
    offTheLoop(() -> Answer.text(METRICS, operations.metrics().text())).handle(routing);
  }

  /** Checks the token, also of requests from this machine, which may come through a proxy. */
  private void checkReader(HttpServerRequest request) {
    if (operations.token().isEmpty()) {
      throw new Problem(
          403, "metrics_not_open", "The metrics are closed; set metrics.token and send it");
    }
    if (!isReader(request)) {
      throw new Problem(
          401,
          "metrics_token",
          "Send the token of the metrics: Authorization: Bearer <token>",
          Map.of(),
          isBearer(request)
              ? Challenge.invalidToken("The token is not that of the metrics")
              : Challenge.NO_TOKEN);
    }
  }

  private boolean isReader(HttpServerRequest request) {
    String header = String.valueOf(request.getHeader("Authorization"));
    return isBearer(request)
        && operations.token().filter(token -> token.is(header.substring(7).strip())).isPresent();
  }

  private static boolean isBearer(HttpServerRequest request) {
    String header = String.valueOf(request.getHeader("Authorization"));
    return header.regionMatches(true, 0, "Bearer ", 0, 7);
  }

  private Handler<RoutingContext> offTheLoop(Supplier<Answer> work) {
    return routing -> {
      Context loop = routing.vertx().getOrCreateContext();
      try {
        threads.execute(
            () -> {
              Answer answer = work.get();
              loop.runOnContext(_ -> write(routing, answer));
            });
      } catch (RejectedExecutionException stopping) {
        write(routing, health(false, ""));
      }
    };
  }

  private static void write(RoutingContext routing, Answer answer) {
    OnVirtualThread.write(routing, RequestId.next(), answer);
  }
}
