package io.contextkeep.vault.http;

import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.ops.Operations;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.PlatformHandler;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The HTTP server: which path leads to which method. */
public final class Server implements AutoCloseable {
  /** A stop waits this long for requests under way: longer than the store lets one wait. */
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final HttpServer server;
  private final Router router;
  private final ExecutorService threads;
  private final OnVirtualThread on;

  private Server(
      Vertx vertx, HttpServer server, Router router, ExecutorService threads, OnVirtualThread on) {
    this.on = on;
    this.vertx = vertx;
    this.server = server;
    this.router = router;
    this.threads = threads;
  }

  /** Starts listening; port 0 takes a free one. */
  public static Server start(
      Apis apis,
      TokenVerifier tokens,
      Operations operations,
      ExecutorService threads,
      String host,
      int port,
      int maxRequests,
      int maxBody) {
    Vertx vertx = Vertx.vertx();
    OnVirtualThread on = new OnVirtualThread(threads, maxRequests, tokens, operations.metrics());
    Router router =
        router(
            vertx,
            apis,
            on,
            new RequestWatch(operations.metrics(), operations.requestLog()),
            maxBody);
    OperationsRoutes.mount(router, operations, apis.ready(), threads);
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setIdleTimeout(60)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setMaxInitialLineLength(8_192)
            .setMaxHeaderSize(16_384);
    HttpServer server =
        vertx
            .createHttpServer(options)
            .requestHandler(router)
            .invalidRequestHandler(Server::notHttp)
            .listen()
            .await();
    return new Server(vertx, server, router, threads, on);
  }

  /** Every route as method and path, such as {@code GET /v1/customers/:customer/context}. */
  public Set<String> routes() {
    return router.getRoutes().stream()
        .filter(route -> route.getName() != null)
        .flatMap(route -> route.methods().stream().map(method -> method + " " + route.getName()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  public int port() {
    return server.actualPort();
  }

  private static Router router(
      Vertx vertx, Apis apis, OnVirtualThread on, RequestWatch watch, int maxBody) {
    Router router = Router.router(vertx);
    router.route().handler(watch);
    router.route().handler(Server.targetIsWellFormed());
    router.route().handler(BodyHandler.create(false).setBodyLimit(maxBody));
    Routes routes = new Routes(router, on);
    routes.open("/v1/openapi.json", Media.JSON, new Contract());
    apis.all().forEach(api -> api.mount(routes));
    problems(router);
    return router;
  }

  private static void problems(Router router) {
    router.errorHandler(
        404, context -> problem(context, new Problem(404, "not_found", "No such resource")));
    router.errorHandler(
        405,
        context -> {
          context.response().putHeader("Allow", String.join(", ", methods(router, context)));
          problem(
              context,
              new Problem(405, "method_not_allowed", "Use a method that the Allow header names"));
        });
    router.errorHandler(
        413,
        context -> problem(context, new Problem(413, "body_too_large", "Send a smaller body")));
    router.errorHandler(
        400,
        context -> problem(context, new Problem(400, "bad_request", "The request is malformed")));
    router.errorHandler(
        500, context -> problem(context, new Problem(500, "internal_error", "The request failed")));
  }

  /** What the path of the request can do. */
  private static Set<String> methods(Router router, RoutingContext context) {
    Set<String> methods = new TreeSet<>();
    for (Route route : router.getRoutes()) {
      String path = route.getName();
      if (path != null && context.normalizedPath().matches(pattern(path))) {
        route.methods().forEach(method -> methods.add(method.name()));
      }
    }
    return methods;
  }

  private static String pattern(String path) {
    return path.replaceAll(":[A-Za-z]+\\*", ".+").replaceAll(":[A-Za-z]+", "[^/]+") + "/?";
  }

  /** A route that everybody may use: no parameters, one type, and no body where none is taken. */
  static Handler<RoutingContext> open(
      String gives, boolean takesBody, Handler<RoutingContext> handler) {
    return context -> {
      try {
        if (!context.queryParams().isEmpty() || !takesBody && context.body().length() > 0) {
          throw Problem.badRequest("unknown_parameter", "This takes no parameters and no body");
        }
        Accept.choose(Intake.accept(context.request().headers()), List.of(gives));
      } catch (Problem problem) {
        problem(context, problem);
        return;
      }
      handler.handle(context);
    };
  }

  /** Before anything is made of it: what decodes to two things is refused. */
  private static PlatformHandler targetIsWellFormed() {
    return context -> {
      if (Intake.isWellFormed(context.request().uri())) {
        context.next();
      } else {
        problem(
            context,
            Problem.badRequest(
                "malformed_target", "Path and query must be percent-encoded UTF-8 (RFC 3986)"));
      }
    };
  }

  /** What is not even HTTP, or too much of it: there is no route yet, and no context. */
  private static void notHttp(HttpServerRequest request) {
    String thrown = String.valueOf(request.decoderResult().cause());
    Problem problem =
        thrown.contains("TooLongHttpLineException")
            ? new Problem(414, "target_too_long", "Send a request line of at most 8192 bytes")
            : thrown.contains("TooLongHttpHeaderException")
                ? new Problem(431, "headers_too_large", "Send headers of at most 16384 bytes")
                : Problem.badRequest("malformed_request", "Send a valid HTTP/1.1 request");
    Answer answer = Answer.problem(problem);
    request
        .response()
        .setStatusCode(answer.status())
        .putHeader("Content-Type", answer.contentType())
        .putHeader("Cache-Control", "no-store")
        .putHeader("Connection", "close")
        .end(Buffer.buffer(answer.body()));
    request.connection().close();
  }

  static void problem(RoutingContext context, Problem problem) {
    OnVirtualThread.write(context, RequestId.next(), Answer.problem(problem));
  }

  /** Stops taking requests, lets those under way finish, then stops. */
  @Override
  public void close() {
    on.drain(LONGEST_REQUEST);
    server.shutdown(5, TimeUnit.SECONDS).await();
    threads.close();
    vertx.close().await();
  }
}
