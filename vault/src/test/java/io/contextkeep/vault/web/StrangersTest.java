package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.vault.identity.Apps;
import io.contextkeep.vault.identity.Apps.RegisteredApp;
import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.identity.VaultIssuer;
import io.contextkeep.vault.ops.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests without a token, of which anyone can send any number. */
@Timeout(60)
final class StrangersTest {
  private static final int PLACES = 8;
  private static final int STRANGERS_PLACES = 2;

  private final CountDownLatch begun = new CountDownLatch(STRANGERS_PLACES);
  private final CountDownLatch release = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Metrics metrics = new Metrics();
  private Vertx vertx;
  private Routes routes;
  private HttpServer server;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    InstantSource clock = InstantSource.system();
    VaultIssuer issuer =
        new VaultIssuer("http://vault", new SecretKeySpec(new byte[32], "AES"), clock);
    TokenVerifier tokens =
        new TokenVerifier(issuer, List.of(), new NoApps(), caller -> caller, clock);
    Router router = Router.router(vertx);
    router.route().handler(new RequestWatch(metrics, false));
    Bodies bodies = new Bodies(1_024, 1_024, Duration.ofSeconds(1));
    routes =
        new Routes(
            router,
            new OnVirtualThread(
                threads, threads, PLACES, tokens, Callers.UNLIMITED, bodies, metrics));
    routes.route(HttpMethod.GET, "/slow").anonymous(Media.TEXT).handle(this::slow);
    routes.route(HttpMethod.GET, "/quick").anonymous(Media.TEXT).handle(this::quick);
    routes.route(HttpMethod.POST, "/said").anonymous(Media.TEXT).handle(this::quick);
    routes.route(HttpMethod.GET, "/known").anyRole().handle(_ -> Answer.ok(List.of()));
    routes.checkComplete();
    server = vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await();
  }

  @AfterEach
  void stop() {
    release.countDown();
    http.close();
    server.close().await();
    vertx.close().await();
    threads.close();
    metrics.close();
  }

  @Test
  void aRouteWithoutAHandler_stopsTheStart() {
    routes.route(HttpMethod.GET, "/forgotten").anyRole();
    assertThatThrownBy(routes::checkComplete).hasMessageContaining("GET /forgotten");
  }

  @Test
  void requestsWithoutAToken_fillAQuarterOfThePlaces_andBlockNoCallerWithAToken() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> slow = new ArrayList<>();
    for (int i = 0; i < STRANGERS_PLACES; i++) {
      slow.add(ask("/slow"));
    }
    begun.await();

    HttpResponse<String> oneMore = ask("/quick").get();
    assertThat(oneMore.statusCode()).isEqualTo(503);
    assertThat(oneMore.body()).contains("overloaded");
    // It is admitted, and then refused for its missing token.
    assertThat(ask("/known").get().statusCode()).isEqualTo(401);

    release.countDown();
    for (CompletableFuture<HttpResponse<String>> one : slow) {
      assertThat(one.get().statusCode()).isEqualTo(200);
    }
    assertThat(ask("/quick").get().statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyThatNeverEnds_isGivenUp_evenIfNobodySaysThatItsConnectionIsGone() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      socket.setSoTimeout(30_000);
      String half =
          "POST /said HTTP/1.1\r\nHost: vault\r\nContent-Type: text/plain\r\n"
              + "Content-Length: 10\r\n\r\nhalf";
      socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes(12);
      assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 400");
    }
  }

  private record NoApps() implements Apps {
    @Override
    public Optional<RegisteredApp> byId(String id) {
      return Optional.empty();
    }

    @Override
    public Optional<RegisteredApp> byClientId(String clientId) {
      return Optional.empty();
    }
  }

  private CompletableFuture<HttpResponse<String>> ask(String path) {
    URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + path);
    return http.sendAsync(
        HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private Answer slow(OpenRequest request) {
    begun.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return quick(request);
  }

  private Answer quick(OpenRequest request) {
    return Answer.text(Media.UTF_8_TEXT, "ok\n");
  }
}
