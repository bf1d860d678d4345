package io.contextkeep.vault.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;

/**
 * Where each path leads: every route is made here, so that none goes unwatched or unbounded. A
 * path's last parameter takes all that follows, slashes too, where a star is behind its name.
 */
public final class Routes {
  private final Router router;
  private final OnVirtualThread on;

  Routes(Router router, OnVirtualThread on) {
    this.router = router;
    this.on = on;
  }

  /** A part of the API that knows its own paths. */
  @FunctionalInterface
  public interface Api {
    void mount(Routes routes);
  }

  Routes get(String path, Function<Request, Answer> handler) {
    return on(HttpMethod.GET, path, Media.NO_BODY, handler);
  }

  Routes delete(String path, Function<Request, Answer> handler) {
    return on(HttpMethod.DELETE, path, Media.NO_BODY, handler);
  }

  /** Takes JSON. */
  Routes put(String path, Function<Request, Answer> handler) {
    return on(HttpMethod.PUT, path, Media.JSON_BODY, handler);
  }

  /** Takes a JSON merge patch (RFC 7396). */
  Routes patch(String path, Function<Request, Answer> handler) {
    return on(
        HttpMethod.PATCH, path, Media.JSON_BODY.taking(Media.MERGE_PATCH, Media.JSON), handler);
  }

  /** Takes JSON. */
  Routes post(String path, Function<Request, Answer> handler) {
    return on(HttpMethod.POST, path, Media.JSON_BODY, handler);
  }

  Routes on(HttpMethod method, String path, Media media, Function<Request, Answer> handler) {
    return raw(method, path, on.handle(media.before(handler)));
  }

  /** A route whose requests of one moment are answered together. */
  <T> Routes together(
      String path, Function<Request, T> understand, Function<List<T>, List<Answer>> handler) {
    return raw(HttpMethod.GET, path, on.together(Media.NO_BODY.before(understand), handler));
  }

  /** A route that everybody may use, answered on the event loop. */
  Routes open(String path, String gives, Handler<RoutingContext> handler) {
    return raw(HttpMethod.GET, path, Server.open(gives, false, handler));
  }

  /** A route that everybody may use, answered off the event loop. */
  Routes anybody(String path, String gives, Function<RoutingContext, Answer> handler) {
    return anybody(HttpMethod.GET, path, gives, handler);
  }

  /** The same; what is no GET takes any body. */
  Routes anybody(
      HttpMethod method, String path, String gives, Function<RoutingContext, Answer> handler) {
    boolean takesBody = method != HttpMethod.GET;
    return raw(method, path, Server.open(gives, takesBody, on.anybody(handler)));
  }

  private Routes raw(HttpMethod method, String path, Handler<RoutingContext> handler) {
    Route route =
        path.endsWith("*")
            ? router.routeWithRegex(method, path.replaceFirst(":([A-Za-z]+)\\*$", "(?<$1>.+)"))
            : router.route(method, path);
    route.setName(path).handler(RequestWatch.route(path)).handler(handler);
    return this;
  }
}
