package io.contextkeep.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A load of abusive callers, all at once: costly patterns, bodies without a token, batches about
 * unknown customers, one customer's endless changes, invalid tokens, and connections that are slow
 * or idle. Their answers are only counted.
 */
final class Abuse implements AutoCloseable {
  /** The app whose batches are always refused. */
  static final String APP = "greedy";

  private static final int BATCHES = 64;
  private static final int TALKERS = 8;
  private static final int STRANGERS = 8;
  private static final int BODIES = 20;
  private static final int SLOW = 50;
  private static final int IDLE = 200;
  private static final Duration TOKENS = Duration.ofHours(3);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final byte[] MEGABYTE = new byte[1 << 20];

  private final VaultProcess vault;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, AtomicLong> answers = new ConcurrentSkipListMap<>();
  private volatile boolean done;

  private Abuse(VaultProcess vault) {
    this.vault = vault;
  }

  private interface Act {
    void run() throws IOException, InterruptedException;
  }

  static Abuse start(VaultProcess vault) throws IOException, InterruptedException {
    Abuse abuse = new Abuse(vault);
    abuse.many(BATCHES, abuse.batches(vault.token("app", APP)));
    abuse.many(TALKERS, abuse.talk());
    abuse.many(STRANGERS, () -> abuse.send("token", "GET", "/v1/me", "none", ""));
    abuse.many(1, abuse.patterns(vault.token("operator", "evil"), vault.token("source", "crm")));
    abuse.many(BODIES, abuse::bodyWithoutAToken);
    abuse.many(SLOW, abuse::slowly);
    abuse.many(IDLE, abuse::idly);
    return abuse;
  }

  private void many(int times, Act act) {
    for (int i = 0; i < times; i++) {
      threads.submit(() -> againAndAgain(act));
    }
  }

  /** A refused connection is followed by another one. */
  private int againAndAgain(Act act) throws InterruptedException {
    while (!done) {
      try {
        act.run();
      } catch (IOException closed) {
        count("connection closed");
        Thread.sleep(PAUSE);
      }
    }
    return 0;
  }

  private Act batches(String token) {
    String nobody =
        IntStream.range(0, 100)
            .mapToObj(i -> "\"customer_number:nobody-" + i + "\"")
            .collect(Collectors.joining(","));
    String body =
        "{\"purpose\": \"dpv:ServicePersonalisation\", \"attributes\": [\"country\"],"
            + " \"customers\": ["
            + nobody
            + "]}";
    return () -> send("batch", "POST", "/v1/context", token, body);
  }

  private Act talk() throws IOException {
    String talker = vault.issuer().issueToCustomer("customer_number:talker", TOKENS);
    return () -> {
      send("talker", "PUT", RetailVault.CONSENT, talker, "{}");
      send("talker", "DELETE", RetailVault.CONSENT, talker, "");
    };
  }

  private Act patterns(String operator, String source) {
    String value = "\"" + "a".repeat(65_000) + "\"";
    return () -> {
      for (String pattern : new String[] {"^(.*?,){12}P", "[^@]+@[^@]+", "(a+)+$", "(a|a)*b"}) {
        String name = "evil_" + Math.floorMod(pattern.hashCode(), 1_000);
        send(
            "pattern",
            "PUT",
            "/v1/attributes/" + name,
            operator,
            """
            {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
             "schema": {"type": "string", "pattern": "%s"}, "retentionDays": 30}\
            """
                .formatted(pattern));
        send(
            "pattern",
            "POST",
            "/v1/ingest",
            source,
            """
            {"customer": {"customer_number": "evil"}, "attribute": "%s", "observed": "2026-01-01T00:00:00Z", "value": %s}\
            """
                .formatted(name, value));
        Thread.sleep(PAUSE);
      }
    };
  }

  private void send(String what, String method, String path, String token, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + vault.port() + path))
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofSeconds(60))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      boolean lines = path.equals("/v1/ingest");
      request.header("Content-Type", lines ? "application/x-ndjson" : "application/json");
      request.header("Idempotency-Key", UUID.randomUUID().toString());
    }
    int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    count(what + " " + status);
    // A pause, since the processor is needed for the vault.
    Thread.sleep(status == 429 || status == 503 ? 20 : 0);
  }

  private void bodyWithoutAToken() throws IOException, InterruptedException {
    try (Socket socket = connected()) {
      OutputStream out = socket.getOutputStream();
      out.write(head("POST /v1/context", "Content-Length: 8388607\r\n\r\n"));
      for (int i = 0; i < 7 && !done; i++) {
        out.write(MEGABYTE);
      }
      socket.setSoTimeout(5_000);
      count("body " + (socket.getInputStream().read() < 0 ? "closed" : "answered"));
    }
    Thread.sleep(PAUSE);
  }

  private void slowly() throws IOException, InterruptedException {
    try (Socket socket = connected()) {
      OutputStream out = socket.getOutputStream();
      for (byte one : head("GET /v1/me", "X-Nothing: " + "x".repeat(1_000))) {
        if (done) {
          return;
        }
        out.write(one);
        Thread.sleep(1_000);
      }
    }
  }

  private void idly() throws IOException, InterruptedException {
    try (Socket socket = connected()) {
      socket.setSoTimeout(1_000);
      while (!done) {
        try {
          if (socket.getInputStream().read() < 0) {
            return;
          }
        } catch (java.net.SocketTimeoutException stillOpen) {
          continue;
        }
      }
    } finally {
      Thread.sleep(done ? 0 : 1_000);
    }
  }

  private Socket connected() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), vault.port());
  }

  private static byte[] head(String request, String rest) {
    return (request + " HTTP/1.1\r\nHost: vault\r\n" + rest).getBytes(StandardCharsets.US_ASCII);
  }

  private void count(String what) {
    answers.computeIfAbsent(what, _ -> new AtomicLong()).incrementAndGet();
  }

  /** Returns the number of answers by status. */
  void figures(Figures figures) {
    answers.forEach((what, many) -> figures.add("soak.abuse " + what, "times", many.get()));
  }

  @Override
  public void close() {
    done = true;
    threads.shutdown();
    threads.close();
    http.shutdownNow();
  }
}
