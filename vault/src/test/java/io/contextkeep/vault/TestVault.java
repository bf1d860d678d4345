package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.client.Answer;
import io.contextkeep.client.Disclosed;
import io.contextkeep.client.Obligation;
import io.contextkeep.client.VaultClient;
import io.contextkeep.client.VaultSettings;
import io.contextkeep.ontology.Graphs;
import io.contextkeep.policy.Bundle;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.jena.dboe.base.block.FileMode;
import org.apache.jena.dboe.sys.SystemIndex;

/**
 * A whole vault on a free port, with real files, real policy and a clock that tests can move. Every
 * answer of every test is compared with the contract. When it closes it checks what must hold after
 * every test: the log verifies, every answer with context has its entry, and no canary is on disk.
 */
final class TestVault implements AutoCloseable {
  /** Any value that a test writes as personal contains this. */
  static final String CANARY = "Zq7canary";

  /** What reads the metrics. */
  static final String METRICS_TOKEN = "a-word-of-sixteen-letters";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration HOUR = Duration.ofHours(1);

  static {
    // A mapped file of a graph takes 8 MiB from the start, and a test reads each of them whole to
    // look for canaries. Vaults in child processes have mapped files, as in production.
    SystemIndex.setFileMode(FileMode.direct);
  }

  private static final OpenApi CONTRACT = OpenApi.bundled();

  private final Path dir;
  private final AtomicLong now = new AtomicLong(System.currentTimeMillis());
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLong disclosures = new AtomicLong();
  private final CapturedLogs logs = new CapturedLogs();
  private final Map<String, String> settings;
  private final Bundle policy;
  private Vault vault;

  TestVault(Path dir) {
    this(dir, Map.of());
  }

  /** A vault that holds what {@link #furnish} registers, with files of its own. */
  static TestVault furnished(Path dir) {
    return furnished(dir, Map.of());
  }

  /** The same with more settings; where there is a vault already, it is started and furnished. */
  static TestVault furnished(Path dir, Map<String, String> settings) {
    if (Files.exists(dir.resolve("data"))) {
      TestVault again = new TestVault(dir, settings);
      again.furnish();
      return again;
    }
    Disk.copyTree(Furnished.FILES, dir);
    return new TestVault(dir, settings);
  }

  /** The files of a furnished vault: to copy them takes less than to register everything again. */
  private static final class Furnished {
    private static final Path FILES = make();

    private static Path make() {
      try {
        Path files = Files.createTempDirectory("furnished");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Graphs.deleteTree(files)));
        try (TestVault vault = new TestVault(files)) {
          vault.furnish();
        }
        return files;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * @param settings more of them, as environment variables
   */
  TestVault(Path dir, Map<String, String> settings) {
    this(dir, settings, Bundle.builtIn());
  }

  /**
   * @param policy instead of the vault's own
   */
  TestVault(Path dir, Map<String, String> settings, Bundle policy) {
    this.dir = dir;
    this.policy = policy;
    this.settings = settings;
    this.vault = start();
  }

  /** A reply as a test sees it. */
  record Answered(int status, JsonNode body) {}

  void advance(Duration time) {
    now.addAndGet(time.toMillis());
  }

  /** Time that passes, of which the last day does not look like a jump of the clock. */
  void letPass(Duration time) {
    Duration last = Duration.ofDays(1);
    for (Duration part : java.util.List.of(time.minus(last), last)) {
      advance(part);
      watched("/health/ready");
    }
  }

  String observedNow() {
    return Instant.ofEpochMilli(now.get()).toString();
  }

  void restart() {
    stop();
    startAgain();
  }

  void stop() {
    vault.close();
  }

  void startAgain() {
    vault = start();
  }

  /** Counts answers with context that went past this fixture's own client. */
  void disclosed(long answers) {
    disclosures.addAndGet(answers);
  }

  String token(Role role, String id) {
    return vault.issuer().issue(id, role, HOUR);
  }

  String customer(String account) {
    return vault.issuer().issueToCustomer(account, HOUR);
  }

  Vault vault() {
    return vault;
  }

  Path dir() {
    return dir;
  }

  InstantSource clock() {
    return () -> Instant.ofEpochMilli(now.get());
  }

  /** What was logged so far, as it would be written. */
  CapturedLogs logs() {
    return logs;
  }

  /** Waits until the graph has everything that the database has, and nobody who is erased. */
  void catchUp() {
    assertThat(vault.projector().awaitCaughtUp(Duration.ofMinutes(2)))
        .as("%s", vault.projector().lag())
        .isTrue();
  }

  /** Stops the vault, lets the test do something to its files, and starts it again. */
  void whileStopped(Runnable work) {
    stop();
    work.run();
    startAgain();
  }

  /** Restores the rows of a backup, and leaves the keys as they are. */
  void restore(Path copy) {
    whileStopped(
        () -> {
          try {
            Path data = dir.resolve("data");
            for (String suffix : List.of("", "-wal", "-shm")) {
              Files.deleteIfExists(data.resolve("vault.db" + suffix));
            }
            Files.copy(copy.resolve("data/vault.db"), data.resolve("vault.db"));
            Files.copy(
                copy.resolve("data/last.checkpoint"),
                dir.resolve("keys/last.checkpoint"),
                StandardCopyOption.REPLACE_EXISTING);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  Answered get(String token, String path) {
    return send(token, "GET", path, "", Map.of());
  }

  Answered put(String token, String path, String json) {
    return send(token, "PUT", path, json, Map.of());
  }

  Answered delete(String token, String path) {
    return send(token, "DELETE", path, "", Map.of());
  }

  Answered post(String token, String path, String json, Map<String, String> headers) {
    return send(token, "POST", path, json, headers);
  }

  Answered send(
      String token, String method, String path, String body, Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Authorization", "Bearer " + token);
    if (!body.isEmpty()) {
      all.putIfAbsent("Content-Type", type(path));
    }
    HttpResponse<byte[]> response =
        exchange(method, path, body.getBytes(StandardCharsets.UTF_8), all);
    return new Answered(response.statusCode(), json(response));
  }

  /** The metrics, or the details of whether it is ready, as somebody with the token reads them. */
  String watched(String path) {
    Map<String, String> token = Map.of("Authorization", "Bearer " + METRICS_TOKEN);
    return new String(exchange("GET", path, new byte[0], token).body(), StandardCharsets.UTF_8);
  }

  /** One request just as it is given. What it discloses is counted. */
  HttpResponse<byte[]> exchange(
      String method, String path, byte[] body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + vault.port() + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      HttpResponse<byte[]> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      CONTRACT
          .serving(method, path)
          .ifPresent(o -> assertThat(CONTRACT.faults(o, response)).as("%s", o).isEmpty());
      if (path.startsWith("/v1/me/export") && response.statusCode() == 200) {
        disclosures.incrementAndGet();
      } else if (isJson(response)) {
        countDisclosures(json(response));
      }
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static boolean isJson(HttpResponse<byte[]> response) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    return type.contains("json") && !type.contains("ndjson");
  }

  static JsonNode json(HttpResponse<byte[]> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String type(String path) {
    return path.equals("/v1/ingest") ? "application/x-ndjson" : "application/json";
  }

  private void countDisclosures(JsonNode json) {
    if (json.has("values")) {
      disclosures.incrementAndGet();
    }
    // A customer who is named twice in one question is asked about once.
    Map<JsonNode, JsonNode> byReceipt = new HashMap<>();
    json.path("answers").forEach(answer -> byReceipt.put(answer.path("receipt"), answer));
    byReceipt.values().forEach(this::countDisclosures);
  }

  /** Registers what most tests need: the shop, its source, and some attributes. */
  void furnish() {
    register(
        "/v1/apps/shop",
        """
        {"name": "Shop", "facets": [],
         "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare"]}\
        """);
    register(
        "/v1/apps/crm",
        """
        {"name": "CRM", "purposes": [],
         "facets": ["profile", "behaviour", "preferences"],
         "links": ["customer_number", "email", "device", "phone"], "identitySource": true}\
        """);
    attribute("email", "value", "profile", "pd:EmailAddress", "string");
    attribute("country", "value", "profile", "pd:Country", "string");
    attribute("health_note", "value", "profile", "pd:Health", "string");
    attribute("income", "value", "profile", "pd:Income", "integer");
    attribute("purchase", "event", "behaviour", "pd:Purchase", "object");
    attribute("mood", "value", "intent", "pd:Interest", "string");
  }

  private void attribute(String name, String kind, String facet, String category, String type) {
    register(
        "/v1/attributes/" + name,
        """
        {"kind": "%s", "facet": "%s", "category": "%s", "sensitivity": "low",
         "schema": {"type": "%s"}, "retentionDays": 3650}\
        """
            .formatted(kind, facet, category, type));
  }

  /**
   * Registers an app, an attribute, an agent or a budget as two operators do, and gives what is in
   * force then. Tests call this for what they need to be registered.
   */
  Answered register(String path, String json) {
    String olga = token(Role.OPERATOR, "olga");
    boolean held = get(olga, path).status() == 200;
    Map<String, String> seen = held ? Map.of("If-Match", "*") : Map.of();
    Answered answered = send(olga, "PUT", path, json, seen);
    if (answered.status() == 202) {
      ok(approve("otto", answered));
    }
    return ok(get(olga, path));
  }

  /** Approves the change that was proposed, as that operator. */
  Answered approve(String operator, Answered proposed) {
    assertThat(proposed.status()).as("%s", proposed).isEqualTo(202);
    return post(
        token(Role.OPERATOR, operator),
        "/v1/changes/" + proposed.body().path("id").asLong() + "/approve",
        "",
        Map.of());
  }

  /** Writes a value of the customer as the CRM would. */
  void write(String number, String attribute, String jsonValue) {
    Answered answered =
        post(
            token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "%s"}, "attribute": "%s", "observed": "%s", "value": %s}\
            """
                .formatted(number, attribute, observedNow(), jsonValue),
            Map.of("Idempotency-Key", java.util.UUID.randomUUID().toString()));
    assertThat(answered.body().path("kept").intValue()).as("%s", answered).isEqualTo(1);
  }

  Answered ask(String number, String attributes) {
    return get(
        token(Role.APP, "shop"),
        "/v1/customers/customer_number:"
            + number
            + "/context?purpose=dpv:ServicePersonalisation&attributes="
            + attributes);
  }

  /** The app's own client. Its answers go through {@link #counted}. */
  VaultClient client(String app) {
    URI base = URI.create("http://127.0.0.1:" + vault.port());
    return new VaultClient(
        VaultSettings.of(base, () -> token(Role.APP, app)).keeping(Obligation.NO_ONWARD_TRANSFER));
  }

  /** An answer that came through a client, counted as every answer with context must be. */
  Answer counted(Answer answer) {
    if (answer instanceof Disclosed) {
      disclosures.incrementAndGet();
    }
    return answer;
  }

  static Answered ok(Answered answered) {
    assertThat(answered.status()).as("%s", answered).isIn(200, 201);
    return answered;
  }

  @Override
  public void close() {
    catchUp();
    LogVerifier.Verification verification = vault.db().inRead(LogVerifier::verify);
    long reads =
        vault
            .db()
            .<Long>inRead(
                c ->
                    Sql.one(
                            c,
                            "SELECT count(*) FROM audit_entry WHERE decision = 'permit'",
                            row -> row.getLong(1))
                        .orElseThrow());
    vault.close();
    assertThat(verification.problems()).isEmpty();
    assertThat(disclosures.get()).isEqualTo(reads);
    assertNoCanaryOnDisk();
    logs.close();
    assertThat(logs.text()).doesNotContain(CANARY);
  }

  void assertNoCanaryOnDisk() {
    Disk.holdsNone(dir, List.of(CANARY.getBytes(StandardCharsets.US_ASCII)));
  }

  VaultConfig config() {
    try {
      Map<String, String> all = new HashMap<>(settings);
      all.putIfAbsent("CONTEXTKEEP_HTTP_PORT", "0");
      all.put("CONTEXTKEEP_DATA", dir.resolve("data").toString());
      all.put("CONTEXTKEEP_KEYS", dir.resolve("keys").toString());
      all.putIfAbsent("CONTEXTKEEP_POLICY_DEADLINE_MILLIS", "10000");
      all.putIfAbsent("CONTEXTKEEP_ANALYTICS_SLOT_MILLIS", "50");
      all.putIfAbsent("CONTEXTKEEP_METRICS_TOKEN", METRICS_TOKEN);
      all.put("CONTEXTKEEP_LOG_REQUESTS", "true");
      return VaultConfig.load(List.of(), all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Vault start() {
    try {
      return Vault.start(config(), clock(), policy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
