package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.ops.Operations;
import io.contextkeep.vault.web.edge.BoundedTransport;
import io.contextkeep.vault.web.edge.ConnectionLimits;
import io.contextkeep.vault.web.edge.Connections;
import io.contextkeep.vault.web.edge.Gate;
import io.contextkeep.vault.web.edge.Refusals;
import io.contextkeep.vault.web.edge.Refused;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server with all routes. */
public final class Server implements AutoCloseable {
  /** The wait of a stop for requests, longer than the store's deadline. */
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration END_TIMEOUT = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private final Vertx vertx;
  private final HttpServer server;
  private final Router router;
  private final ExecutorService threads;
  private final ExecutorService urgentThreads;
  private final OnVirtualThread on;

  private Server(
      Vertx vertx,
      HttpServer server,
      Router router,
      ExecutorService threads,
      ExecutorService urgentThreads,
      OnVirtualThread on) {
    this.urgentThreads = urgentThreads;
    this.on = on;
    this.vertx = vertx;
    this.server = server;
    this.router = router;
    this.threads = threads;
  }

  /** Starts the server; port 0 takes a free one. */
  public static Server start(
      List<Routes.Api> apis,
      BooleanSupplier readable,
      TokenVerifier tokens,
      Operations operations,
      ExecutorService threads,
      ExecutorService urgentThreads,
      Callers callers,
      HttpSettings settings) {
    ConnectionLimits limits = settings.limits();
    Refusals refusals = new EdgeRefusals(operations.metrics());
    Connections connections = new Connections(limits, refusals);
    Vertx vertx =
        Vertx.builder()
            .withTransport(BoundedTransport.of(connections, settings.tls().isEmpty(), refusals))
            .build();
    Bodies bodies = Bodies.of(settings);
    OnVirtualThread on =
        new OnVirtualThread(
            threads,
            urgentThreads,
            settings.maxRequests(),
            tokens,
            callers,
            bodies,
            operations.metrics());
    operations.metrics().inProgress(on::inProgress);
    Router router =
        router(vertx, bodies, new RequestWatch(operations.metrics(), operations.requestLog()));
    Routes routes = new Routes(router, on);
    new Contract().mount(routes);
    new ApiReference().mount(routes);
    apis.forEach(api -> api.mount(routes));
    new OperationsRoutes(operations, readable, threads).mount(routes);
    routes.checkComplete();
    problems(router, routes);
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(settings.port())
            .setIdleTimeout(60)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setHttp2ClearTextEnabled(false)
            .setMaxInitialLineLength(8_192)
            .setMaxHeaderSize(16_384);
    Optional<Tls> tls = settings.tls().map(files -> Tls.configure(vertx, options, files));
    HttpServer server =
        vertx
            .createHttpServer(options)
            .connectionHandler(connection -> guard(connection, limits, refusals))
            .requestHandler(router)
            .invalidRequestHandler(request -> notHttp(request, refusals))
            .listen()
            .await();
    tls.ifPresent(one -> one.watch(server));
    threads.execute(Contract::prepare);
    return new Server(vertx, server, router, threads, urgentThreads, on);
  }

  private static void guard(HttpConnection connection, ConnectionLimits limits, Refusals refusals) {
    Gate.guard(
        ((HttpServerConnection) connection).channelHandlerContext().pipeline(), limits, refusals);
  }

  /**
   * Returns every route as method and path, such as {@code GET /v1/customers/:customer/context}.
   * HEAD is answered wherever GET is, and is not listed.
   */
  public Set<String> routes() {
    return router.getRoutes().stream()
        .filter(route -> route.getName() != null)
        .flatMap(
            route ->
                route.methods().stream()
                    .filter(method -> !method.equals(HttpMethod.HEAD))
                    .map(method -> method + " " + route.getName()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  public int port() {
    return server.actualPort();
  }

  /** Returns a router with the handlers that every request passes before any route. */
  private static Router router(Vertx vertx, Bodies bodies, RequestWatch watch) {
    Router router = Router.router(vertx);
    router.route().handler(watch);
    router.route().handler(context -> checkBeforeRouting(context, bodies));
    return router;
  }

  private static void problems(Router router, Routes routes) {
    // For a target that is not a path the router finds no route, before it calls any handler.
    router.errorHandler(
        404,
        context ->
            problem(
                context,
                Target.fault(context.request())
                    .orElseGet(
                        () ->
                            new Problem(
                                404, "not_found", "Resource not found; see /docs for the API"))));
    router.errorHandler(
        405,
        context -> {
          context
              .response()
              .putHeader("Allow", String.join(", ", routes.methods(context.normalizedPath())));
          problem(
              context,
              new Problem(405, "method_not_allowed", "Use a method that the Allow header names"));
        });
    router.errorHandler(
        400,
        context -> problem(context, new Problem(400, "bad_request", "The request is malformed")));
    router.errorHandler(
        500, context -> problem(context, new Problem(500, "internal_error", "The request failed")));
  }

  /** Returns the handler of a public route, which checks parameters, media types and body. */
  static Handler<RoutingContext> open(
      List<String> gives, boolean takesBody, Handler<RoutingContext> handler) {
    return context -> {
      try {
        if (!context.queryParams().isEmpty() || !takesBody && Bodies.follows(context.request())) {
          throw Problem.badRequest("unknown_parameter", "This takes no parameters and no body");
        }
        Expectation.check(context.request());
        Accept.choose(Intake.accept(context.request().headers()), gives);
      } catch (Problem problem) {
        problem(context, problem);
        return;
      }
      handler.handle(context);
    };
  }

  /** Checks a request before routing; its body waits until a handler reads it. */
  private static void checkBeforeRouting(RoutingContext context, Bodies bodies) {
    if (Bodies.follows(context.request())) {
      context.request().pause();
    }
    Target.fault(context.request())
        .or(() -> bodies.fault(context.request()))
        .ifPresentOrElse(problem -> problem(context, problem), context::next);
  }

  /** Answers a request that is not valid HTTP or too large, for which there is no context. */
  private static void notHttp(HttpServerRequest request, Refusals refusals) {
    Refused why = why(String.valueOf(request.decoderResult().cause()));
    refusals.count(why);
    request
        .response()
        .setStatusCode(why.status())
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Cache-Control", "no-store")
        .putHeader("Connection", "close")
        .end(Buffer.buffer(refusals.body(why, "Send a valid HTTP/1.1 request within its limits")));
    request.connection().close();
  }

  private static Refused why(String thrown) {
    if (thrown.contains("TooLongHttpLineException")) {
      return Refused.TARGET_TOO_LONG;
    }
    return thrown.contains("TooLongHttpHeaderException")
        ? Refused.HEADERS_TOO_LARGE
        : Refused.MALFORMED_REQUEST;
  }

  static void problem(RoutingContext context, Problem problem) {
    OnVirtualThread.write(context, RequestId.next(), Answer.problem(problem));
  }

  /** Refuses new requests, lets others finish for a while, then stops. */
  @Override
  public void close() {
    on.drain(DRAIN_TIMEOUT);
    server.shutdown(5, TimeUnit.SECONDS).await();
    end(threads);
    end(urgentThreads);
    vertx.close().await();
  }

  /** Ends the threads of requests; those that wait for something that never comes are woken. */
  private static void end(ExecutorService threads) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(END_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("requests are interrupted, since the vault stops");
        threads.shutdownNow();
        threads.awaitTermination(END_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
