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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.jena.dboe.base.block.FileMode;
import org.apache.jena.dboe.sys.SystemIndex;

/**
 * A complete vault on a free port, with real files, real policy and a clock that tests can move.
 * Every answer of every test is compared with the contract. When it closes it checks the invariants
 * of all tests: the log verifies, every answer with context has its entry, and no canary is on
 * disk.
 */
final class TestVault implements AutoCloseable {
  /** Part of every personal value that a test writes. */
  static final String CANARY = "Zq7canary";

  /** The token of the metrics. */
  static final String METRICS_TOKEN = "a-word-of-sixteen-letters";

  /** With {@code -Dcontextkeep.capsules=0} every read of the tests asks the database. */
  private static final Optional<String> CAPSULES =
      Optional.ofNullable(System.getProperty("contextkeep.capsules"));

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration HOUR = Duration.ofHours(1);

  static {
    // A mapped file of a graph takes at least 8 MiB, and tests search all files for canaries.
    // Vaults in child processes have mapped files, as in production.
    SystemIndex.setFileMode(FileMode.direct);
  }

  private static final OpenApi CONTRACT = OpenApi.bundled();

  private final Path dir;
  private final AtomicLong now = new AtomicLong(System.currentTimeMillis());
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicLong disclosures = new AtomicLong();

  /** The tokens that the vault has issued since its start, at the present time. */
  private final Map<String, String> tokens = new ConcurrentHashMap<>();

  private final CapturedLogs logs = new CapturedLogs();
  private final Map<String, String> settings;
  private final Bundle policy;
  private Vault vault;

  TestVault(Path dir) {
    this(dir, Map.of());
  }

  /** Starts a vault with the registrations of {@link #furnish} and its own files. */
  static TestVault furnished(Path dir) {
    return furnished(dir, Map.of());
  }

  /** Starts one with more settings; an existing vault is started and furnished. */
  static TestVault furnished(Path dir, Map<String, String> settings) {
    if (Files.exists(dir.resolve("data"))) {
      TestVault again = new TestVault(dir, settings);
      again.furnish();
      return again;
    }
    Disk.copyTree(Furnished.FILES, dir);
    return new TestVault(dir, settings);
  }

  /** The files of a furnished vault, since copying is faster than registering again. */
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
   * @param settings more settings, as environment variables
   */
  TestVault(Path dir, Map<String, String> settings) {
    this(dir, settings, Bundle.builtIn());
  }

  /**
   * @param policy the policy instead of the vault's own
   */
  TestVault(Path dir, Map<String, String> settings, Bundle policy) {
    this.dir = dir;
    this.policy = policy;
    this.settings = settings;
    this.vault = start();
  }

  /** An answer. */
  record Answered(int status, JsonNode body) {}

  void advance(Duration time) {
    tokens.clear();
    now.addAndGet(time.toMillis());
  }

  /** Lets time pass so that the last day does not look like a jump of the clock. */
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

  /** Counts answers with context that another client received. */
  void disclosed(long answers) {
    disclosures.addAndGet(answers);
  }

  String token(Role role, String id) {
    return tokens.computeIfAbsent(role + " " + id, _ -> vault.issuer().issue(id, role, HOUR));
  }

  String customer(String account) {
    return tokens.computeIfAbsent(account, _ -> vault.issuer().issueToCustomer(account, HOUR));
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

  /** Returns the log so far, as it would be written. */
  CapturedLogs logs() {
    return logs;
  }

  /** Waits until the graph is up to date and has no erased customers. */
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

  /** Reads the metrics or the details of readiness, with the token. */
  String watched(String path) {
    Map<String, String> token = Map.of("Authorization", "Bearer " + METRICS_TOKEN);
    return new String(exchange("GET", path, new byte[0], token).body(), StandardCharsets.UTF_8);
  }

  /** Sends a request as given and counts what it discloses. */
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
    // A customer named twice in a read is read once.
    Map<JsonNode, JsonNode> byReceipt = new HashMap<>();
    json.path("answers").forEach(answer -> byReceipt.put(answer.path("receipt"), answer));
    byReceipt.values().forEach(this::countDisclosures);
  }

  /** Registers the shop, its source, and some attributes, which most tests need. */
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
   * Registers an app, an attribute, an agent or a budget as two operators do, and returns the
   * active registration.
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

  /** Approves the proposed change as an operator. */
  Answered approve(String operator, Answered proposed) {
    assertThat(proposed.status()).as("%s", proposed).isEqualTo(202);
    return post(
        token(Role.OPERATOR, operator),
        "/v1/changes/" + proposed.body().path("id").asLong() + "/approve",
        "",
        Map.of());
  }

  /** Writes a value of a customer as the CRM. */
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

  /** Returns a client of the app, whose answers must go through {@link #counted}. */
  VaultClient client(String app) {
    URI base = URI.create("http://127.0.0.1:" + vault.port());
    return new VaultClient(
        VaultSettings.builder(base, () -> token(Role.APP, app))
            .keeping(Obligation.NO_ONWARD_TRANSFER)
            .build());
  }

  /** Counts an answer that came through a client. */
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

  static Answered created(Answered answered) {
    assertThat(answered.status()).as("%s", answered).isEqualTo(201);
    return answered;
  }

  @Override
  public void close() {
    catchUp();
    LogVerifier.Verification verification = vault.db().inRead(LogVerifier::verify);
    long reads = vault.db().<Long>inRead(LoggedEntries::permits);
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
      CAPSULES.ifPresent(percent -> all.putIfAbsent("CONTEXTKEEP_STORE_CAPSULES_PERCENT", percent));
      return VaultConfig.load(List.of(), all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Vault start() {
    tokens.clear();
    try {
      return Vault.start(config(), clock(), policy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
