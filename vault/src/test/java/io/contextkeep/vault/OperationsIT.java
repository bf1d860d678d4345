package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogStore;
import io.contextkeep.vault.BareHttp.Reply;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.web.edge.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Monitoring of a vault, without any personal data. */
final class OperationsIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String CONTEXT = "/v1/customers/:customer/context";

  @TempDir Path dir;
  private TestVault vault;

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @BeforeEach
  void start() {
    start(Map.of());
  }

  private static final String READER = "Authorization: Bearer " + TestVault.METRICS_TOKEN;

  private void start(Map<String, String> settings) {
    vault = new TestVault(dir, settings);
    vault.furnish();
    vault.write("17850", "country", "\"" + CANARY + "land\"");
  }

  private Reply get(String path, String... headers) {
    return BareHttp.get(vault.vault().port(), path, headers).orElseThrow();
  }

  private String metrics() {
    Reply reply = get("/metrics", READER);
    assertThat(reply.status()).isEqualTo(200);
    return reply.body();
  }

  /** Returns the value of one series; 0 if there is none. */
  private static double value(String metrics, String series) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void metrics_countWhatHappened() {
    vault.ask("17850", "country");
    ok(vault.put(vault.customer("customer_number:17850"), CONSENT, ""));
    ok(vault.ask("17850", "country"));
    ok(vault.ask("17850", "country"));

    String requests = "contextkeep_http_requests_seconds";
    String read = "{method=\"GET\",route=\"" + CONTEXT + "\",status=\"%s\"}";
    String metrics = metrics();
    // A request is counted when its answer has gone.
    while (value(metrics, requests + "_count" + read.formatted("2xx")) < 2) {
      metrics = metrics();
    }

    assertThat(value(metrics, requests + "_count" + read.formatted("2xx"))).isEqualTo(2);
    assertThat(value(metrics, requests + "_count" + read.formatted("4xx"))).isEqualTo(1);
    assertThat(metrics)
        .contains(
            requests
                + "_bucket{method=\"GET\",route=\""
                + CONTEXT
                + "\",status=\"2xx\",le=\"+Inf\"} 2");
    assertThat(value(metrics, "contextkeep_decisions_total{outcome=\"permit\"}")).isEqualTo(2);
    assertThat(value(metrics, "contextkeep_decisions_total{outcome=\"refuse\"}")).isEqualTo(1);
    assertThat(metrics.lines().filter(line -> line.startsWith("contextkeep_refusals_total{reason")))
        .isNotEmpty();
    assertThat(value(metrics, "contextkeep_audit_entries_total{type=\"read\"}")).isEqualTo(2);
    assertThat(value(metrics, "contextkeep_audit_entries_total{type=\"refuse\"}")).isEqualTo(1);
    assertThat(value(metrics, "contextkeep_audit_entries_total{type=\"grant\"}")).isEqualTo(1);
    assertThat(value(metrics, "contextkeep_audit_entries_total{type=\"write\"}")).isEqualTo(1);
    // Eight registrations, each proposed and approved.
    assertThat(value(metrics, "contextkeep_audit_entries_total{type=\"admin\"}")).isEqualTo(16);
    assertThat(value(metrics, "contextkeep_policy_evaluation_seconds_count")).isEqualTo(2);
    double works = value(metrics, "contextkeep_store_commit_works_sum");
    double commits = value(metrics, "contextkeep_store_commit_works_count");
    assertThat(commits).isBetween(1.0, works);
    assertThat(metrics)
        .contains(
            "contextkeep_store_queue ",
            "jvm_memory_used_bytes",
            "jvm_threads_live",
            "process_uptime");
  }

  @Test
  void metrics_countEachEntryOnce_andNoneThatWasRolledBack() {
    String grants = "contextkeep_audit_entries_total{type=\"grant\"}";
    String ann = vault.customer("customer_number:17850");
    AtomicBoolean full = new AtomicBoolean(true);
    vault.vault().db().join(failingToCommit(full));
    assertThat(vault.put(ann, CONSENT, "").status()).isEqualTo(503);
    assertThat(value(metrics(), grants)).isZero();
    // The log's publisher may have met the full disk as well.
    assertThat(value(metrics(), "contextkeep_store_failures_total")).isPositive();
    full.set(false);
    ok(vault.put(ann, CONSENT, ""));
    assertThat(value(metrics(), grants)).isEqualTo(1);
  }

  /** Simulates a disk that is full only at the sync. */
  private static LogStore.Participant failingToCommit(AtomicBoolean full) {
    return new LogStore.Participant() {
      @Override
      public void committing(Connection c) throws SQLException {
        if (full.get()) {
          throw new SQLException("planted");
        }
      }

      @Override
      public void committed() {}

      @Override
      public void rolledBack() {}
    };
  }

  @Test
  void metrics_haveNoPersonalData_andABoundedNumberOfSeries() {
    for (int i = 0; i < 20; i++) {
      get("/v1/" + CANARY + i);
      get("/v1/customers/email:" + CANARY + i + "/context?purpose=" + CANARY);
      BareHttp.send(
          vault.vault().port(),
          "A" + CANARY + i + " / HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n\r\n");
    }
    String metrics = metrics();
    assertThat(metrics).doesNotContain(CANARY, "17850", "shop", "olga");
    assertThat(
            metrics
                .lines()
                .filter(line -> line.startsWith("contextkeep_http_requests_s"))
                .filter(line -> line.contains("_count{"))
                .count())
        .isLessThan(20);
    assertThat(metrics).contains("method=\"OTHER\",route=\"none\"");
  }

  @Test
  void metrics_areClosed_ifNoTokenIsSet() {
    vault.close();
    start(Map.of("CONTEXTKEEP_METRICS_TOKEN", ""));
    assertThat(get("/metrics").status()).isEqualTo(403);
    assertThat(get("/metrics", READER).status()).isEqualTo(403);
    assertThat(get("/metrics", "Authorization: Bearer ").status()).isEqualTo(403);
  }

  @Test
  void aMovedDatabase_refusesAllRequests_andIsReported_untilItIsBack() throws IOException {
    ok(vault.put(vault.customer("customer_number:17850"), CONSENT, ""));
    for (String file : List.of("data/vault.db", "keys/keys.db")) {
      ok(vault.ask("17850", "country"));
      Path away = Files.move(dir.resolve(file), dir.resolve("away.db"));
      while (get("/health/ready").status() == 200) {
        Thread.onSpinWait();
      }
      assertThat(vault.ask("17850", "country").status()).as(file).isEqualTo(503);
      Files.move(away, dir.resolve(file));
      ok(vault.ask("17850", "country"));
      assertThat(get("/health/ready").status()).isEqualTo(200);
    }
    assertThat(vault.logs().text())
        .contains("the database file was moved, deleted or replaced", "the database file is back");
  }

  /** The metrics that need a configuration, which a fresh vault lacks. */
  private static final Set<String> WHERE_CONFIGURED =
      Set.of("contextkeep_siem_failures_total", "contextkeep_witness_answers_total");

  @Test
  void theDocumentedMetrics_areThoseOfAFreshVault() throws IOException {
    Set<String> documented = new TreeSet<>();
    Path docs = Path.of(System.getProperty("contextkeep.root")).resolve("docs/monitor.md");
    Matcher name = Pattern.compile("contextkeep_[a-z_]+").matcher(Files.readString(docs));
    while (name.find()) {
      documented.add(name.group());
    }
    Set<String> served = new TreeSet<>();
    Matcher family =
        Pattern.compile("(?m)^# TYPE (contextkeep_[a-z_]+?)(_max)? ").matcher(metrics());
    while (family.find()) {
      served.add(family.group(1));
    }
    assertThat(documented).containsAll(WHERE_CONFIGURED);
    documented.removeAll(WHERE_CONFIGURED);
    assertThat(served).isEqualTo(documented);
  }

  @Test
  void counters_existFromTheStart_at0() {
    String metrics = metrics();
    for (EntryType type : EntryType.values()) {
      assertThat(metrics).contains("entries_total{type=\"" + type.code() + "\"} ");
    }
    for (String reason : List.of("NOT_PERMITTED", "PURPOSE_NOT_REGISTERED", "POLICY_TIMEOUT")) {
      assertThat(metrics).contains("contextkeep_refusals_total{reason=\"" + reason + "\"} 0.0");
    }
    for (Refused reason : Refused.values()) {
      assertThat(metrics).contains("http_refused_total{reason=\"" + reason.code() + "\"} ");
    }
    for (String reason : Policies.failureCodes()) {
      assertThat(metrics)
          .contains("contextkeep_policy_failures_total{reason=\"" + reason + "\"} 0.0");
    }
  }

  @Test
  void metrics_revealNeitherACustomersRefusalReasonNorTheirExistence() {
    vault.ask("17850", "country");
    vault.ask("99999", "country");
    String metrics = metrics();
    assertThat(value(metrics, "contextkeep_refusals_total{reason=\"NOT_PERMITTED\"}")).isEqualTo(2);
    assertThat(metrics).doesNotContain("UNKNOWN\"} 1", "CONSENT");
  }

  @Test
  void metrics_withATokenSet_needTheToken() {
    String token = TestVault.METRICS_TOKEN;
    assertThat(get("/metrics").status()).isEqualTo(401);
    assertThat(get("/metrics", "Authorization: Bearer x" + token).status()).isEqualTo(401);
    assertThat(get("/metrics", "Authorization: Basic " + token).status()).isEqualTo(401);
    String operator = vault.token(Role.OPERATOR, "olga");
    assertThat(get("/metrics", "Authorization: Bearer " + operator).status()).isEqualTo(401);
    Reply reply = get("/metrics", "Authorization: Bearer " + token, "X-Forwarded-For: 192.0.2.1");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).contains("contextkeep_decisions_total");
  }

  @Test
  void aRequestBeyondTheLimit_isRefusedAndCounted() throws Exception {
    vault.close();
    start(Map.of("CONTEXTKEEP_HTTP_MAX_REQUESTS", "1"));
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(() -> vault.vault().db().inWrite(c -> hold(writing, go)));
      writing.await();
      String token = vault.token(Role.APP, "shop");
      String path =
          "/v1/customers/customer_number:1/context?purpose=dpv:CustomerCare&attributes=country";
      int port = vault.vault().port();
      Future<Reply> waiting = threads.submit(() -> BareHttp.ask(port, token, path).orElseThrow());
      while (value(metrics(), "contextkeep_http_in_progress") == 0) {
        Thread.sleep(1);
      }
      Reply refused = BareHttp.ask(port, token, path).orElseThrow();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains("overloaded");
      while (value(metrics(), "contextkeep_store_queue") == 0) {
        Thread.sleep(1);
      }
      go.countDown();
      assertThat(waiting.get().status()).isEqualTo(403);
    }
    assertThat(value(metrics(), "contextkeep_http_overloaded_total")).isEqualTo(1);
  }

  private static int hold(CountDownLatch writing, CountDownLatch go) {
    writing.countDown();
    try {
      go.await();
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void readOnly(boolean on) {
    vault.vault().db().inWrite(c -> Sql.update(c, "PRAGMA query_only = " + (on ? "ON" : "OFF")));
  }

  @Test
  void aVaultThatCannotWrite_isNotReady_butAlive() {
    assertThat(get("/health/ready").status()).isEqualTo(200);
    readOnly(true);
    assertThat(vault.ask("17850", "country").status()).isEqualTo(503);
    assertThat(get("/health/ready").status()).isEqualTo(503);
    assertThat(get("/health/live").status()).isEqualTo(200);
    vault.advance(Duration.ofSeconds(5));
    assertThat(get("/health/ready").status()).isEqualTo(503);
    readOnly(false);
    assertThat(get("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void anIdleVault_noticesThatItCannotWrite() {
    readOnly(true);
    assertThat(get("/health/ready").status()).isEqualTo(200);
    vault.advance(Duration.ofSeconds(5));
    assertThat(get("/health/ready").status()).isEqualTo(503);
    readOnly(false);
  }

  @Test
  void aRequest_isOneLineOfCodedWords() throws Exception {
    String path =
        "/v1/customers/customer_number:17850/context?purpose=dpv:ServicePersonalisation"
            + "&attributes=country";
    Map<String, String> app = Map.of("Authorization", "Bearer " + vault.token(Role.APP, "shop"));
    String id =
        vault
            .exchange("GET", path, new byte[0], app)
            .headers()
            .firstValue("X-Request-Id")
            .orElseThrow();
    JsonNode line = new ObjectMapper().readTree(vault.logs().awaitLine(id));
    assertThat(line.get("formattedMessage").textValue()).isEqualTo("request");
    List<String> names = new java.util.ArrayList<>();
    line.get("kvpList").forEach(pair -> pair.fieldNames().forEachRemaining(names::add));
    assertThat(names).containsExactly("request", "method", "route", "status", "micros", "times");
    assertThat(line.get("kvpList").toString()).contains(CONTEXT, "403", "GET");
  }

  /** Checks that no input is logged; the fixture searches for the canary at the end. */
  @Test
  void inputOfRequests_isNeverLogged() {
    int port = vault.vault().port();
    String token = vault.token(Role.APP, "shop");
    String bearer = "Authorization: Bearer " + token;
    String query = "?purpose=dpv:CustomerCare&attributes=country&reason=" + CANARY;
    get("/v1/customers/email:" + CANARY + "@example.com/context" + query, bearer);
    get("/v1/customers/" + CANARY + "/context" + query, bearer);
    get("/v1/customers/email:" + CANARY + "/context?" + CANARY + "=1", bearer);
    get("/v1/customers/email:" + CANARY + "%zz/context" + query, bearer);
    get("/v1/customers/email:" + CANARY + "%ff%00/context" + query, bearer);
    get("/v1/context?purpose=%zz" + CANARY, bearer);
    get("/" + CANARY + "%", bearer);
    get("/v1/apps", "Authorization: Bearer " + CANARY);
    get("/v1/apps", "Authorization: Bearer " + token + CANARY);
    get("/v1/apps", "Authorization: " + CANARY, "X-" + CANARY + ": " + CANARY, bearer);
    get("/v1/apps", "X-Long: " + CANARY.repeat(4_000), bearer);
    BareHttp.send(port, "GET /v1/apps HTTP/9.9 " + CANARY + "\r\n\r\n");
    BareHttp.send(port, CANARY + "\r\n\r\n");
    BareHttp.send(
        port, "GET http://[" + CANARY + "/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    String crm = vault.token(Role.SOURCE, "crm");
    Map<String, String> key = Map.of("Idempotency-Key", CANARY);
    for (String body : List.of(CANARY, "{\"" + CANARY + "\": \"" + CANARY + "\"}", "[" + CANARY)) {
      vault.post(crm, "/v1/ingest", body, key);
      vault.put(vault.token(Role.OPERATOR, "olga"), "/v1/apps/shop", body);
      vault.put(vault.customer("email:" + CANARY), CONSENT, body);
    }
    readOnly(true);
    vault.post(
        crm,
        "/v1/ingest",
        """
        {"customer": {"email": "%1$s"}, "attribute": "country", "observed": "%2$s", "value": "%1$s"}\
        """
            .formatted(CANARY, vault.observedNow()),
        key);
    readOnly(false);
    assertThat(vault.logs().lines()).hasSizeGreaterThan(20);
  }
}
