package io.contextkeep.vault.http;

import io.contextkeep.vault.identity.TokenVerifier;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The HTTP server: which path leads to which method. */
public final class Server implements AutoCloseable {
  private final Vertx vertx;
  private final HttpServer server;
  private final ExecutorService threads;

  private Server(Vertx vertx, HttpServer server, ExecutorService threads) {
    this.vertx = vertx;
    this.server = server;
    this.threads = threads;
  }

  /** Starts listening; port 0 takes a free one. */
  public static Server start(
      Apis apis,
      TokenVerifier tokens,
      ExecutorService threads,
      String host,
      int port,
      int maxRequests,
      int maxBody) {
    Vertx vertx = Vertx.vertx();
    Router router = router(vertx, apis, new OnVirtualThread(threads, maxRequests, tokens), maxBody);
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setIdleTimeout(60)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setMaxHeaderSize(16_384);
    HttpServer server = vertx.createHttpServer(options).requestHandler(router).listen().await();
    return new Server(vertx, server, threads);
  }

  public int port() {
    return server.actualPort();
  }

  private static Router router(Vertx vertx, Apis apis, OnVirtualThread on, int maxBody) {
    Router router = Router.router(vertx);
    router.route().handler(BodyHandler.create(false).setBodyLimit(maxBody));
    route(router, on, HttpMethod.GET, "/v1/customers/:customer/context", apis.app()::context);
    route(router, on, HttpMethod.POST, "/v1/context", apis.app()::contexts);
    route(router, on, HttpMethod.POST, "/v1/ingest", apis.source()::ingest);
    route(router, on, HttpMethod.PUT, "/v1/apps/:name", apis.operator()::putApp);
    route(router, on, HttpMethod.GET, "/v1/apps", apis.operator()::apps);
    route(router, on, HttpMethod.PUT, "/v1/attributes/:name", apis.operator()::putAttribute);
    route(router, on, HttpMethod.GET, "/v1/attributes", apis.operator()::attributes);
    route(router, on, HttpMethod.GET, "/v1/audit/entries", apis.auditor()::entries);
    route(router, on, HttpMethod.GET, "/v1/audit/verification", apis.auditor()::verification);
    customer(router, on, apis.customer(), apis.consent());
    route(router, on, HttpMethod.GET, "/v1/analytics", Server::noAnalytics);
    router.get("/health/live").handler(context -> health(context, true));
    router.get("/health/ready").handler(context -> health(context, apis.ready().getAsBoolean()));
    router.errorHandler(
        404, context -> problem(context, new Problem(404, "not_found", "No such resource")));
    router.errorHandler(
        405,
        context -> problem(context, new Problem(405, "method_not_allowed", "Use another method")));
    router.errorHandler(
        413,
        context -> problem(context, new Problem(413, "body_too_large", "Send a smaller body")));
    router.errorHandler(
        400,
        context -> problem(context, new Problem(400, "bad_request", "The request is malformed")));
    router.errorHandler(
        500, context -> problem(context, new Problem(500, "internal_error", "The request failed")));
    return router;
  }

  private static void customer(
      Router router, OnVirtualThread on, CustomerApi me, ConsentApi consents) {
    String consent = "/v1/me/consents/:purpose/:app";
    route(router, on, HttpMethod.GET, "/v1/me", me::view);
    route(router, on, HttpMethod.DELETE, "/v1/me", me::erase);
    route(router, on, HttpMethod.PUT, "/v1/me/attributes/:name", me::correct);
    route(router, on, HttpMethod.GET, "/v1/me/consents", consents::consents);
    route(router, on, HttpMethod.PUT, consent, consents::grant);
    route(router, on, HttpMethod.DELETE, consent, consents::withdraw);
    route(router, on, HttpMethod.GET, "/v1/me/accesses", me::accesses);
    route(router, on, HttpMethod.PUT, "/v1/me/restriction", me::restrict);
    route(router, on, HttpMethod.DELETE, "/v1/me/restriction", me::unrestrict);
    route(router, on, HttpMethod.PUT, "/v1/me/objections/:purpose", me::object);
    route(router, on, HttpMethod.DELETE, "/v1/me/objections/:purpose", me::unobject);
  }

  private static void route(
      Router router,
      OnVirtualThread on,
      HttpMethod method,
      String path,
      Function<Request, Answer> handler) {
    router.route(method, path).handler(on.handle(handler));
  }

  private static Answer noAnalytics(Request request) {
    throw new Problem(
        403, "analytics_not_available", "Private analytics are not built yet; nothing is answered");
  }

  private static void health(RoutingContext context, boolean well) {
    context.response().setStatusCode(well ? 200 : 503).end(well ? "ok\n" : "not ready\n");
  }

  private static void problem(RoutingContext context, Problem problem) {
    OnVirtualThread.write(context, java.util.UUID.randomUUID().toString(), Answer.problem(problem));
  }

  /** Stops taking requests, lets those under way finish, then stops. */
  @Override
  public void close() {
    server.shutdown(5, TimeUnit.SECONDS).await();
    threads.close();
    vertx.close().await();
  }
}
