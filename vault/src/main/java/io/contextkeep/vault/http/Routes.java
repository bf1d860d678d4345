package io.contextkeep.vault.http;

import io.contextkeep.vault.identity.Role;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Where each path leads: every route is made here, so that none goes unwatched or unbounded. A
 * path's last parameter takes all that follows, slashes too, where a star is behind its name.
 */
public final class Routes {
  private final Router router;
  private final OnVirtualThread on;
  private final Set<Role> roles;
  private final boolean optOuts;

  Routes(Router router, OnVirtualThread on) {
    this(router, on, EnumSet.allOf(Role.class), false);
  }

  private Routes(Router router, OnVirtualThread on, Set<Role> roles, boolean optOuts) {
    this.router = router;
    this.on = on;
    this.roles = roles;
    this.optOuts = optOuts;
  }

  /** The same for routes by which customers opt out, whatever else the vault is asked. */
  Routes optingOut() {
    return new Routes(router, on, roles, true);
  }

  /** The same for routes that only these roles may call: others are refused by the head alone. */
  Routes as(Role... allowed) {
    return new Routes(router, on, Set.of(allowed), optOuts);
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
    return raw(method, path, on.handle(new Endpoint(path, roles, media, optOuts), handler));
  }

  /** A route whose requests of one moment are answered together. */
  <T> Routes together(
      String path, Function<Request, T> understand, Function<List<T>, List<Answer>> handler) {
    Endpoint endpoint = new Endpoint(path, roles, Media.NO_BODY, optOuts);
    return raw(HttpMethod.GET, path, on.together(endpoint, understand, handler));
  }

  /** A route that everybody may use, answered on the event loop. */
  Routes open(String path, String gives, Handler<RoutingContext> handler) {
    return raw(HttpMethod.GET, path, Server.open(gives, false, handler));
  }

  /** A route that everybody may use, answered off the event loop. */
  Routes anybody(String path, String gives, Function<OpenRequest, Answer> handler) {
    return anybody(HttpMethod.GET, path, gives, handler);
  }

  /** The same; what is no GET takes any body. */
  Routes anybody(
      HttpMethod method, String path, String gives, Function<OpenRequest, Answer> handler) {
    boolean takesBody = method != HttpMethod.GET;
    return raw(method, path, Server.open(gives, takesBody, on.anybody(path, handler)));
  }

  /** The methods that a path takes, by the same patterns as the router's. */
  Set<String> methods(String path) {
    Set<String> methods = new TreeSet<>();
    for (Route route : router.getRoutes()) {
      if (route.getName() != null && pattern(route.getName()).matcher(path).matches()) {
        route.methods().forEach(method -> methods.add(method.name()));
      }
    }
    return methods;
  }

  /** A template as a pattern in which only its parameters match more than themselves. */
  private static Pattern pattern(String template) {
    StringBuilder pattern = new StringBuilder();
    for (String segment : template.substring(1).split("/", -1)) {
      boolean parameter = segment.startsWith(":");
      pattern
          .append('/')
          .append(!parameter ? Pattern.quote(segment) : segment.endsWith("*") ? ".+" : "[^/]+");
    }
    return Pattern.compile(pattern + "/?");
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
