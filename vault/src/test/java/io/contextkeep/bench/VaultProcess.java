package io.contextkeep.bench;

import io.contextkeep.vault.Main;
import io.contextkeep.vault.Vault;
import io.contextkeep.vault.VaultConfig;
import io.contextkeep.vault.identity.VaultIssuer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A real vault: the program that operators run, in its own process, with its own files. */
final class VaultProcess implements AutoCloseable {
  /** The token for the metrics. */
  static final String METRICS_TOKEN = "a-word-of-sixteen-letters";

  private static final Duration START = Duration.ofMinutes(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path dir;
  private final int port;
  private final String refusals;
  private final Program program;

  private VaultProcess(Path dir, int port, String refusals) throws IOException {
    this.dir = dir;
    this.port = port;
    this.refusals = refusals;
    this.program =
        Program.start(dir.resolve("vault.log"), environment(dir, port), Main.class, "serve");
  }

  /** Starts it on a free port; it need not be ready yet. */
  static VaultProcess start(Path dir) throws IOException {
    return new VaultProcess(dir, freePort(), "600");
  }

  /** Starts a vault without a practical limit of refusals for each caller. */
  static VaultProcess withoutLimitOnRefusals(Path dir) throws IOException {
    return new VaultProcess(dir, freePort(), "1000000");
  }

  /** Returns a token made by the program's command. */
  String token(String role, String id) throws IOException, InterruptedException {
    try (Program token =
        Program.start(
            dir.resolve("vault.log"), environment(dir, port), Main.class, "token", role, id)) {
      return token.hear();
    }
  }

  /** Makes many tokens. */
  VaultIssuer issuer() throws IOException {
    return Vault.issuerOf(
        VaultConfig.load(List.of(), environment(dir, port)), InstantSource.system());
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + port);
  }

  int port() {
    return port;
  }

  long pid() {
    return program.pid();
  }

  /** Returns the processor time that it has used. */
  Duration processorTime() {
    return Program.processorTime(pid());
  }

  /** Returns the file of the program's log. */
  Path log() {
    return dir.resolve("vault.log");
  }

  Path database() {
    return dir.resolve("data/vault.db");
  }

  /** Returns the directory of the keys. */
  Path keys() {
    return dir.resolve("keys");
  }

  HttpResponse<String> get(String path, String token) throws IOException, InterruptedException {
    return send("GET", path, token);
  }

  /** Sends a request without a body. */
  HttpResponse<String> send(String method, String path, String token)
      throws IOException, InterruptedException {
    return sent(request(path, token).method(method, HttpRequest.BodyPublishers.noBody()));
  }

  /** Sends lines of a source. */
  HttpResponse<String> ingest(String token, String key, String lines)
      throws IOException, InterruptedException {
    return sent(
        request("/v1/ingest", token)
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(lines)));
  }

  private HttpRequest.Builder request(String path, String token) {
    return HttpRequest.newBuilder(base().resolve(path))
        .header("Authorization", "Bearer " + token)
        .timeout(Duration.ofMinutes(10));
  }

  private HttpResponse<String> sent(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Waits until it is ready. */
  void awaitReady() throws IOException, InterruptedException {
    long latest = System.nanoTime() + START.toNanos();
    while (!ready()) {
      if (System.nanoTime() > latest || !program.isAlive()) {
        throw new IllegalStateException("The vault did not become ready; see its vault.log");
      }
      Thread.sleep(2);
    }
  }

  private boolean ready() throws IOException, InterruptedException {
    try {
      return get("/health/ready", "none").statusCode() == 200;
    } catch (ConnectException notYet) {
      return false;
    }
  }

  private Map<String, String> environment(Path dir, int port) {
    return Map.of(
        "CONTEXTKEEP_DATA", dir.resolve("data").toString(),
        "CONTEXTKEEP_KEYS", dir.resolve("keys").toString(),
        "CONTEXTKEEP_HTTP_PORT", String.valueOf(port),
        "CONTEXTKEEP_METRICS_TOKEN", METRICS_TOKEN,
        "CONTEXTKEEP_LIMITS_REFUSALS_PER_MINUTE", refusals);
  }

  /** Returns a port of the loopback interface that nothing listens on. */
  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @Override
  public void close() throws InterruptedException {
    program.close();
    http.close();
  }
}
