package io.contextkeep.vault.web;

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
 * Where each path leads: every route is made here, so that none goes unwatched or unbounded. Each
 * is either open or made by {@link #as} or {@link #asAnybodyKnown}: a route that does not say who
 * may call it cannot be written. A path's last parameter takes all that follows, slashes too, where
 * a star is behind its name.
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

  /** Makes routes that only these roles may call: others are refused by the head alone. */
  public Guarded as(Role first, Role... others) {
    return new Guarded(EnumSet.of(first, others), false);
  }

  /** Makes routes that every caller may use whose token counts, whatever their role. */
  public Guarded asAnybodyKnown() {
    return new Guarded(EnumSet.allOf(Role.class), false);
  }

  /** A route that everybody may use, answered on the event loop. */
  public Routes open(String path, String gives, Handler<RoutingContext> handler) {
    raw(HttpMethod.GET, path, Server.open(List.of(gives), false, handler));
    return this;
  }

  /** A route that everybody may use, answered off the event loop. */
  public Routes anybody(String path, String gives, Function<OpenRequest, Answer> handler) {
    return anybody(HttpMethod.GET, path, gives, handler);
  }

  /** The same; what is no GET takes any body. */
  public Routes anybody(
      HttpMethod method, String path, String gives, Function<OpenRequest, Answer> handler) {
    return anybody(method, path, List.of(gives), handler);
  }

  /** The same for a path that gives files of several types. */
  public Routes anybody(String path, List<String> gives, Function<OpenRequest, Answer> handler) {
    return anybody(HttpMethod.GET, path, gives, handler);
  }

  private Routes anybody(
      HttpMethod method, String path, List<String> gives, Function<OpenRequest, Answer> handler) {
    boolean takesBody = method != HttpMethod.GET;
    raw(method, path, Server.open(gives, takesBody, on.anybody(path, handler)));
    return this;
  }

  /** Makes routes for callers of some roles. */
  public final class Guarded {
    private final Set<Role> roles;
    private final boolean optOuts;

    private Guarded(Set<Role> roles, boolean optOuts) {
      this.roles = roles;
      this.optOuts = optOuts;
    }

    /** The same for routes by which customers opt out, whatever else the vault is asked. */
    public Guarded optingOut() {
      return new Guarded(roles, true);
    }

    public Guarded get(String path, Function<Request, Answer> handler) {
      return on(HttpMethod.GET, path, Media.NO_BODY, handler);
    }

    public Guarded delete(String path, Function<Request, Answer> handler) {
      return on(HttpMethod.DELETE, path, Media.NO_BODY, handler);
    }

    /** Takes JSON. */
    public Guarded put(String path, Function<Request, Answer> handler) {
      return on(HttpMethod.PUT, path, Media.JSON_BODY, handler);
    }

    /** Takes a JSON merge patch (RFC 7396). */
    public Guarded patch(String path, Function<Request, Answer> handler) {
      return on(
          HttpMethod.PATCH, path, Media.JSON_BODY.taking(Media.MERGE_PATCH, Media.JSON), handler);
    }

    /** Takes JSON. */
    public Guarded post(String path, Function<Request, Answer> handler) {
      return on(HttpMethod.POST, path, Media.JSON_BODY, handler);
    }

    public Guarded on(
        HttpMethod method, String path, Media media, Function<Request, Answer> handler) {
      raw(method, path, on.handle(new Endpoint(path, roles, media, optOuts), handler));
      return this;
    }

    /** A route whose requests of one moment are answered together. */
    public <T> Guarded together(
        String path, Function<Request, T> understand, Function<List<T>, List<Answer>> handler) {
      Endpoint endpoint = new Endpoint(path, roles, Media.NO_BODY, optOuts);
      raw(HttpMethod.GET, path, on.together(endpoint, understand, handler));
      return this;
    }
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

  private void raw(HttpMethod method, String path, Handler<RoutingContext> handler) {
    Route route =
        path.endsWith("*")
            ? router.routeWithRegex(method, path.replaceFirst(":([A-Za-z]+)\\*$", "(?<$1>.+)"))
            : router.route(method, path);
    route.setName(path).handler(RequestWatch.route(path)).handler(handler);
  }
}
