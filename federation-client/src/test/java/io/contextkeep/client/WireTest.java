package io.contextkeep.client;

import static io.contextkeep.client.Samples.ANN;
import static io.contextkeep.client.Samples.ATTRIBUTES;
import static io.contextkeep.client.Samples.CANARY;
import static io.contextkeep.client.Samples.DISCLOSED;
import static io.contextkeep.client.Samples.PURPOSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's connections: their origin, their timeouts, and what they reveal. */
@Timeout(60)
final class WireTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirect_isNotFollowed_andTheTokenStays(int status) throws IOException {
    try (OddServer elsewhere = new OddServer(OddServer.json(DISCLOSED));
        OddServer server = new OddServer(OddServer.redirect(status, elsewhere.base()));
        VaultClient client = client(server.base())) {
      assertThatExceptionOfType(VaultProtocolException.class)
          .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES))
          .withMessageContaining("Redirects are not followed");
      assertThat(elsewhere.heard()).isEmpty();
    }
  }

  @Test
  void aSilentServer_timesOut() throws IOException {
    try (OddServer server = new OddServer();
        VaultClient client = impatient(server.base())) {
      server.only(server.silent());
      assertThat(client.ask(PURPOSE, ANN, ATTRIBUTES))
          .isEqualTo(Unavailable.of(Unavailable.Cause.NO_ANSWER));
    }
  }

  @Test
  void anEndlessAnswer_timesOut() throws IOException {
    try (OddServer server = new OddServer();
        VaultClient client = impatient(server.base())) {
      server.only(server.endless(DISCLOSED));
      assertThat(client.ask(PURPOSE, ANN, ATTRIBUTES))
          .isEqualTo(Unavailable.of(Unavailable.Cause.NO_ANSWER));
    }
  }

  @Test
  void anAnswerThatIsTooLong_isNotReadFurther() throws IOException {
    for (HttpHandler huge :
        new HttpHandler[] {
          OddServer.json(DISCLOSED + " ".repeat(2_000_000)), WireTest::endlessSpaces
        }) {
      try (OddServer server = new OddServer(huge);
          VaultClient client =
              new VaultClient(
                  VaultSettings.builder(server.base(), () -> "t")
                      .maxAnswerBytes(1_000_000)
                      .build())) {
        assertThatExceptionOfType(VaultProtocolException.class)
            .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES))
            .withMessageContaining("too long");
      }
    }
  }

  @Test
  void anAnswerOfExactlyTheBound_isRead() throws IOException {
    int length = DISCLOSED.getBytes(StandardCharsets.UTF_8).length;
    String padded = DISCLOSED + " ".repeat(2_048 - length);
    try (OddServer server = new OddServer(OddServer.json(padded));
        VaultClient client =
            new VaultClient(
                VaultSettings.builder(server.base(), () -> "t").maxAnswerBytes(2_048).build())) {
      assertThat(client.ask(PURPOSE, ANN, ATTRIBUTES)).isInstanceOf(Disclosed.class);
      server.only(OddServer.json(padded + " "));
      assertThatExceptionOfType(VaultProtocolException.class)
          .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES));
    }
  }

  @Test
  void aServerThatDoesNotSpeakHttp_isRefused() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> garbler = threads.submit(() -> garble(socket));
      try (VaultClient client = client(URI.create("http://127.0.0.1:" + socket.getLocalPort()))) {
        assertThatExceptionOfType(VaultProtocolException.class)
            .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES))
            .satisfies(e -> assertThat(e.getMessage()).doesNotContain(CANARY))
            .withNoCause();
      }
      garbler.get();
    }
  }

  @Test
  void aVaultWithAnUntrustedCertificate_getsNoRequest(@TempDir Path dir) throws Exception {
    AtomicInteger heard = new AtomicInteger();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(dir)));
    server.createContext(
        "/",
        exchange -> {
          heard.incrementAndGet();
          OddServer.json(DISCLOSED).handle(exchange);
        });
    server.start();
    URI base = URI.create("https://localhost:" + server.getAddress().getPort());
    try (VaultClient client = client(base)) {
      assertThatExceptionOfType(VaultProtocolException.class)
          .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES))
          .withMessageContaining("certificate is not trusted");
      assertThat(heard).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "secret\r\nX-Forged: 1", "sécret"})
  void aMalformedToken_isNeitherSentNorQuoted(String token) throws IOException {
    try (OddServer server = new OddServer(OddServer.json(DISCLOSED));
        VaultClient client = new VaultClient(VaultSettings.of(server.base(), () -> token))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContainIgnoringCase("cret"))
          .withNoCause();
      assertThat(server.heard()).isEmpty();
    }
  }

  @Test
  void plainHttp_bypassesProxies() throws IOException {
    ProxySelector before = ProxySelector.getDefault();
    try (OddServer proxy = new OddServer(OddServer.json(DISCLOSED));
        OddServer server = new OddServer(OddServer.json(DISCLOSED))) {
      ProxySelector.setDefault(
          ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.base().getPort())));
      try (VaultClient client = client(server.base())) {
        assertThat(client.ask(PURPOSE, ANN, ATTRIBUTES)).isInstanceOf(Disclosed.class);
      }
      assertThat(proxy.heard()).isEmpty();
      assertThat(server.heard()).hasSize(1);
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void aWrongToken_isAProblem_evenWithoutAChallenge() throws IOException {
    String body =
        "{\"status\": 401, \"code\": \"token_expired\", \"detail\": \"Send a valid one\"}";
    try (OddServer server = new OddServer(OddServer.problem(401, body));
        VaultClient client = client(server.base())) {
      assertThatExceptionOfType(VaultProblem.class)
          .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES))
          .satisfies(problem -> assertThat(problem.code()).isEqualTo("token_expired"));
    }
  }

  @Test
  void aBaseWithAPath_isKept() throws IOException {
    try (OddServer server = new OddServer(OddServer.json(DISCLOSED));
        VaultClient client = client(server.base().resolve("/vault/"))) {
      client.ask(PURPOSE, ANN, ATTRIBUTES);
      assertThat(server.heard().getFirst().path()).isEqualTo("/vault/v1/context");
    }
  }

  @Test
  void anInterruptedThread_stopsWaiting_andStaysInterrupted() throws Exception {
    try (OddServer server = new OddServer();
        VaultClient client = client(server.base());
        var threads = Executors.newSingleThreadExecutor()) {
      Thread[] asking = new Thread[1];
      HttpHandler silent = server.silent();
      server.only(
          exchange -> {
            asking[0].interrupt();
            silent.handle(exchange);
          });
      Future<Boolean> interrupted =
          threads.submit(
              () -> {
                asking[0] = Thread.currentThread();
                assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES));
                return Thread.currentThread().isInterrupted();
              });
      assertThat(interrupted.get()).isTrue();
    }
  }

  @Test
  void aClosedClient_saysSo() throws IOException {
    try (OddServer server = new OddServer(OddServer.json(DISCLOSED))) {
      VaultClient client = client(server.base());
      client.close();
      assertThatIllegalStateException().isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES));
      assertThat(server.heard()).isEmpty();
    }
  }

  private static void endlessSpaces(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    byte[] spaces = " ".repeat(8_192).getBytes(StandardCharsets.UTF_8);
    while (true) {
      exchange.getResponseBody().write(spaces);
    }
  }

  private static Void garble(ServerSocket server) throws IOException {
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      assertThat(in.read()).isPositive();
      socket
          .getOutputStream()
          .write(("+OK " + CANARY + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      in.transferTo(OutputStream.nullOutputStream());
      return null;
    }
  }

  /** A self-signed certificate for localhost. */
  private static SSLContext selfSigned(Path dir) throws Exception {
    Path file = dir.resolve("self.p12");
    String options =
        "-genkeypair -alias self -keyalg EC -dname CN=localhost -ext san=dns:localhost"
            + " -storetype PKCS12 -storepass changeit -keystore ";
    Process keytool =
        new ProcessBuilder(
                (Path.of(System.getProperty("java.home"), "bin", "keytool") + " " + options + file)
                    .split(" "))
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static VaultClient client(URI base) {
    return new VaultClient(VaultSettings.builder(base, () -> "token").retries(0).build());
  }

  private static VaultClient impatient(URI base) {
    return new VaultClient(
        VaultSettings.builder(base, () -> "token")
            .retries(0)
            .timeouts(Duration.ofSeconds(10), SHORT)
            .build());
  }
}
