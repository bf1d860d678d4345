package io.contextkeep.vault.web;

import io.contextkeep.vault.ops.Metrics;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The observer of answered requests: one observation in the metrics and, if configured or if the
 * vault failed, one line in the log. Both name the route by its template. Paths, queries, headers
 * and bodies may be personal and are in neither.
 */
final class RequestWatch implements Handler<RoutingContext> {
  /** The pseudo-status of a request whose client had gone before the answer. */
  static final int GONE = 0;

  private static final Logger LOG = LoggerFactory.getLogger("io.contextkeep.requests");
  private static final int UNAVAILABLE = 503;

  private static final String WATCHED = "contextkeep.watched";
  private static final String ROUTE = "contextkeep.route";

  /** A request that is being answered, with its observer and its arrival. */
  private record Watched(RequestWatch watch, long begun) {}

  private final Sampled unavailable = new Sampled(System::nanoTime);
  private final Metrics metrics;
  private final boolean logsAll;

  /**
   * @param logsAll whether successful requests are logged too
   */
  RequestWatch(Metrics metrics, boolean logsAll) {
    this.metrics = metrics;
    this.logsAll = logsAll;
  }

  @Override
  public void handle(RoutingContext routing) {
    routing.put(WATCHED, new Watched(this, System.nanoTime()));
    routing.next();
  }

  /** Returns a handler that records the route. */
  static Handler<RoutingContext> route(String template) {
    return routing -> {
      routing.put(ROUTE, template);
      routing.next();
    };
  }

  /**
   * Records that a request has its answer.
   *
   * @param id the vault's id of the request, as in the answer
   */
  static void answered(RoutingContext routing, String id, int status) {
    Watched watched = routing.get(WATCHED);
    if (watched != null) {
      long nanos = System.nanoTime() - watched.begun();
      String method = Metrics.method(routing.request().method().name());
      watched.watch().seen(id, method, routing.get(ROUTE, "none"), status, nanos);
    }
  }

  private void seen(String id, String method, String route, int status, long nanos) {
    metrics.answered(method, route, status, nanos);
    if (!logsAll && status < 500) {
      return;
    }
    OptionalLong times =
        status == UNAVAILABLE && !logsAll ? unavailable.event() : OptionalLong.of(1);
    times.ifPresent(many -> log(id, method, route, status, nanos, many));
  }

  private static void log(
      String id, String method, String route, int status, long nanos, long times) {
    LOG.atInfo()
        .addKeyValue("request", id)
        .addKeyValue("method", method)
        .addKeyValue("route", route)
        .addKeyValue("status", status)
        .addKeyValue("micros", nanos / 1_000)
        .addKeyValue("times", times)
        .log("request");
  }
}
