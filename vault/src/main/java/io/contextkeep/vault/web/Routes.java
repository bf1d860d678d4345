package io.contextkeep.vault.web;

import io.contextkeep.vault.db.Arrivals;
import io.contextkeep.vault.identity.Role;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The routes of the API, declared one by one:
 *
 * <pre>{@code
 * routes
 *     .route(GET, "/v1/me/consents/:purpose")
 *     .as(CUSTOMER)
 *     .query("from", "until")
 *     .handle(this::history);
 * }</pre>
 *
 * <p>After {@code route} come the roles that may call it; a route without them does not compile. A
 * route takes only the parameters and the body that it declares, and answers JSON unless it
 * declares other types. HEAD is answered wherever GET is. A star after the name of a path's last
 * parameter makes it match the rest of the path, including slashes.
 */
public final class Routes {
  private final Router router;
  private final OnVirtualThread on;
  private final Set<String> unfinished = new TreeSet<>();

  Routes(Router router, OnVirtualThread on) {
    this.router = router;
    this.on = on;
  }

  /** A part of the API that declares its own routes. */
  @FunctionalInterface
  public interface Api {
    void mount(Routes routes);
  }

  /** Begins the declaration of a route, which ends with its handler. */
  public Begun route(HttpMethod method, String path) {
    unfinished.add(method + " " + path);
    return new Begun(method, path);
  }

  /** A route that must declare its callers next. */
  public final class Begun {
    private final HttpMethod method;
    private final String path;

    private Begun(HttpMethod method, String path) {
      this.method = method;
      this.path = path;
    }

    /** Admits callers with these roles; others are refused by the head of the request alone. */
    public Declared as(Role first, Role... others) {
      return declared(EnumSet.of(first, others));
    }

    /** Admits every caller with a valid token. */
    public Declared anyRole() {
      return declared(EnumSet.allOf(Role.class));
    }

    /**
     * Admits everyone, without a token. The route takes no parameters.
     *
     * @param gives the media types of its answers, the default first
     */
    public Anonymous anonymous(String... gives) {
      return new Anonymous(method, path, List.of(gives));
    }

    private Declared declared(Set<Role> roles) {
      return new Declared(
          method, new Endpoint(path, roles, Media.NO_BODY, false, Optional.of(Set.of())));
    }
  }

  /** A route for callers with a token, by default without a body and with JSON answers. */
  public final class Declared {
    private final HttpMethod method;
    private final Endpoint endpoint;

    private Declared(HttpMethod method, Endpoint endpoint) {
      this.method = method;
      this.endpoint = endpoint;
    }

    /** Reserves places for it, because customers opt out by it. */
    public Declared optingOut() {
      return new Declared(method, endpoint.optingOut());
    }

    /** Adds query parameters. */
    public Declared query(String... names) {
      return new Declared(method, endpoint.with(Set.of(names)));
    }

    /** Adds the parameters of a paged list, see {@link Request#page}. */
    public Declared paged() {
      return query(Page.LIMIT, Page.CURSOR);
    }

    /** Takes any query parameters, which the handler checks. */
    public Declared anyQuery() {
      return new Declared(method, endpoint.withAnyQuery());
    }

    /** Sets the media types of its answers, the default first. */
    public Declared giving(String... types) {
      return new Declared(method, endpoint.with(endpoint.media().giving(List.of(types))));
    }

    /**
     * Takes a JSON object: a record, or a {@code JsonNode} where the shape is data. A PATCH takes a
     * merge patch too (RFC 7396).
     *
     * @throws IllegalArgumentException if the record has an unbounded component
     */
    public <T> WithBody<T> body(Class<T> type) {
      BodyReader<T> reader = BodyReader.of(type);
      return json(reader::read);
    }

    /** Takes a JSON object or no body. */
    public <T> WithBody<Optional<T>> optionalBody(Class<T> type) {
      BodyReader<T> reader = BodyReader.of(type);
      return json(bytes -> bytes.length == 0 ? Optional.empty() : Optional.of(reader.read(bytes)));
    }

    /** Takes a body of these media types, as bytes. */
    public WithBody<byte[]> bytes(String... types) {
      return new WithBody<>(method, endpoint.with(endpoint.media().taking(types)), body -> body);
    }

    private <T> WithBody<T> json(Function<byte[], T> reader) {
      Media media =
          method.equals(HttpMethod.PATCH)
              ? endpoint.media().taking(Media.MERGE_PATCH, Media.JSON)
              : endpoint.media().taking(Media.JSON);
      return new WithBody<>(method, endpoint.with(media), reader);
    }

    public void handle(Function<Request, Answer> handler) {
      raw(method, endpoint.path(), on.handle(endpoint, handler));
    }

    /**
     * Sets a handler that answers all requests of one moment together, with one write.
     *
     * @param arrivals where the write is announced
     * @param parse makes the handler's input of a request
     * @param handler answers all of them in order, or fails for all
     */
    public <T> void together(
        Arrivals arrivals, Function<Request, T> parse, Function<List<T>, List<Answer>> handler) {
      raw(method, endpoint.path(), on.together(endpoint, arrivals, parse, handler));
    }
  }

  /** A route that takes a body. */
  public final class WithBody<T> {
    private final HttpMethod method;
    private final Endpoint endpoint;
    private final Function<byte[], T> reader;

    private WithBody(HttpMethod method, Endpoint endpoint, Function<byte[], T> reader) {
      this.method = method;
      this.endpoint = endpoint;
      this.reader = reader;
    }

    public void handle(BiFunction<Request, T, Answer> handler) {
      raw(
          method,
          endpoint.path(),
          on.handle(endpoint, request -> handler.apply(request, reader.apply(request.body()))));
    }
  }

  /** A route for everyone. Any method but GET takes any body. */
  public final class Anonymous {
    private final HttpMethod method;
    private final String path;
    private final List<String> gives;

    private Anonymous(HttpMethod method, String path, List<String> gives) {
      this.method = method;
      this.path = path;
      this.gives = gives;
    }

    public void handle(Function<OpenRequest, Answer> handler) {
      boolean takesBody = !method.equals(HttpMethod.GET);
      raw(method, path, Server.open(gives, takesBody, on.anybody(path, handler)));
    }

    /** Sets a handler on the event loop, which must not block. */
    public void handleOnLoop(Handler<RoutingContext> handler) {
      raw(method, path, Server.open(gives, false, handler));
    }
  }

  /** Returns the methods of a path, by the same patterns as the router's. */
  Set<String> methods(String path) {
    Set<String> methods = new TreeSet<>();
    for (Route route : router.getRoutes()) {
      if (route.getName() != null && pattern(route.getName()).matcher(path).matches()) {
        route.methods().forEach(method -> methods.add(method.name()));
      }
    }
    return methods;
  }

  /** Returns the pattern of a template, in which only parameters are wildcards. */
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

  /**
   * Checks that each declaration was finished.
   *
   * @throws IllegalStateException naming the routes without a handler
   */
  void checkComplete() {
    if (!unfinished.isEmpty()) {
      throw new IllegalStateException("Routes without a handler: " + unfinished);
    }
  }

  private void raw(HttpMethod method, String path, Handler<RoutingContext> handler) {
    unfinished.remove(method + " " + path);
    Route route =
        path.endsWith("*")
            ? router.routeWithRegex(method, path.replaceFirst(":([A-Za-z]+)\\*$", "(?<$1>.+)"))
            : router.route(method, path);
    if (method.equals(HttpMethod.GET)) {
      route.method(HttpMethod.HEAD);
    }
    route.setName(path).handler(RequestWatch.route(path)).handler(handler);
  }
}
