package io.contextkeep.vault.web;

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
 * <p>After {@code route} comes who may call it, before anything else: a route that does not say so
 * does not compile. What a route does not declare it does not take: parameters, a body, other media
 * types than JSON. A GET is answered to HEAD too. A path's last parameter takes all that follows,
 * slashes too, where a star is behind its name.
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

  /** Begins the declaration of a route, which is there as soon as its handler is given. */
  public Begun route(HttpMethod method, String path) {
    return new Begun(method, path);
  }

  /** A route that must say next who may call it. */
  public final class Begun {
    private final HttpMethod method;
    private final String path;

    private Begun(HttpMethod method, String path) {
      this.method = method;
      this.path = path;
    }

    /** Lets callers of these roles in; others are refused by the head of the request alone. */
    public Declared as(Role first, Role... others) {
      return declared(EnumSet.of(first, others));
    }

    /** Lets every caller in whose token counts. */
    public Declared anyRole() {
      return declared(EnumSet.allOf(Role.class));
    }

    /**
     * Lets everybody in, without a token. It takes no parameters.
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

  /** A route for callers with a token. It takes no body and gives JSON unless it says otherwise. */
  public final class Declared {
    private final HttpMethod method;
    private final Endpoint endpoint;

    private Declared(HttpMethod method, Endpoint endpoint) {
      this.method = method;
      this.endpoint = endpoint;
    }

    /** Gives it places that nothing else can take: customers opt out by it. */
    public Declared optingOut() {
      return new Declared(method, endpoint.optingOut());
    }

    /** Takes these query parameters, beside those that were named before. */
    public Declared query(String... names) {
      return new Declared(method, endpoint.with(Set.of(names)));
    }

    /** Takes the parameters of a list that is read page by page, see {@link Request#page}. */
    public Declared paged() {
      return query(Page.LIMIT, Page.CURSOR);
    }

    /** Takes any query parameters: the handler checks them, where they are known to it alone. */
    public Declared anyQuery() {
      return new Declared(method, endpoint.withAnyQuery());
    }

    /** Gives these media types, the default first. */
    public Declared giving(String... types) {
      return new Declared(method, endpoint.with(endpoint.media().giving(List.of(types))));
    }

    /**
     * Takes a JSON object: a record, or a {@code JsonNode} where the shape is data. A PATCH takes a
     * merge patch too (RFC 7396).
     *
     * @throws IllegalArgumentException if the record leaves something unbounded
     */
    public <T> WithBody<T> body(Class<T> type) {
      BodyReader<T> reader = BodyReader.of(type);
      return json(reader::read);
    }

    /** The same where the request may have no body. */
    public <T> WithBody<Optional<T>> optionalBody(Class<T> type) {
      BodyReader<T> reader = BodyReader.of(type);
      return json(bytes -> bytes.length == 0 ? Optional.empty() : Optional.of(reader.read(bytes)));
    }

    /** Takes a body of these media types, as it is. */
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
     * Answers requests of one moment together.
     *
     * @param understand makes of each request what the handler works on
     * @param handler answers all of them, in their order, or fails for all
     */
    public <T> void together(
        Function<Request, T> understand, Function<List<T>, List<Answer>> handler) {
      raw(method, endpoint.path(), on.together(endpoint, understand, handler));
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

  /** A route that everybody may use. What is no GET takes any body. */
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

    /** Answers on the event loop, which must not wait for anything. */
    public void handleOnLoop(Handler<RoutingContext> handler) {
      raw(method, path, Server.open(gives, false, handler));
    }
  }

  /** Makes routes that only these roles may call. {@link #route} says the same route by route. */
  public Guarded as(Role first, Role... others) {
    return new Guarded(EnumSet.of(first, others), false);
  }

  /** The same for every caller whose token counts; in {@link #route}, {@code anyRole()}. */
  public Guarded asAnybodyKnown() {
    return new Guarded(EnumSet.allOf(Role.class), false);
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
      raw(
          method,
          path,
          on.handle(new Endpoint(path, roles, media, optOuts, Optional.empty()), handler));
      return this;
    }

    /** A route whose requests of one moment are answered together. */
    public <T> Guarded together(
        String path, Function<Request, T> understand, Function<List<T>, List<Answer>> handler) {
      Endpoint endpoint = new Endpoint(path, roles, Media.NO_BODY, optOuts, Optional.empty());
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
    if (method.equals(HttpMethod.GET)) {
      route.method(HttpMethod.HEAD);
    }
    route.setName(path).handler(RequestWatch.route(path)).handler(handler);
  }
}
