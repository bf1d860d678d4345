package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.identity.Role;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Open questions: their maximum number, and their ends without an answer. */
@Timeout(120)
final class AnalyticsJobsIT {
  private static final String PURPOSE = "dpv:ServiceUsageAnalytics";
  private static final Map<String, String> LATER = Map.of("Prefer", "respond-async");

  /** A slot so long that nothing is answered while a test runs. */
  private static final Map<String, String> LONG_SLOT =
      Map.of("CONTEXTKEEP_ANALYTICS_SLOT_MILLIS", "3600000");

  /** A real customer's consent, unlike that of the gate's hypothetical customer. */
  private static final String REAL = "\"explicit\":false";

  @TempDir Path dir;

  /** Each test starts a vault with its own settings. */
  @SuppressWarnings("NullAway.Init")
  private TestVault vault;

  private String ana = "";
  private int asked;

  private void start(Map<String, String> settings) {
    vault = TestVault.furnished(dir, settings);
    vault.register(
        "/v1/apps/shop",
        "{\"name\": \"Shop\", \"facets\": [], \"purposes\": [\"" + PURPOSE + "\"]}");
    vault.register("/v1/analytics/budgets/" + PURPOSE + "/shop", "{\"rho\": 10, \"delta\": 0}");
    vault.write("7", "country", "\"France\"");
    ok(vault.put(vault.customer("customer_number:7"), "/v1/me/consents/" + PURPOSE + "/shop", ""));
    ana = vault.token(Role.ANALYST, "ana");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  /** Returns a question that was not asked before. */
  private String question() {
    return "{\"purpose\": \"%s\", \"population\": \"shop\", \"measure\": \"count\", \"budget\": {\"rho\": 0.01%04d}}"
        .formatted(PURPOSE, asked++);
  }

  private Answered askLater(String token) {
    return vault.post(token, "/v1/analytics/queries", question(), LATER);
  }

  private static String job(Answered accepted) {
    assertThat(accepted.status()).as("%s", accepted).isEqualTo(202);
    return "/v1/analytics/jobs/" + accepted.body().get("job").longValue();
  }

  private JsonNode ended(String job) throws InterruptedException {
    JsonNode status = ok(vault.get(ana, job)).body();
    while (status.get("state").textValue().equals("running")) {
      Thread.sleep(50);
      status = ok(vault.get(ana, job)).body();
    }
    return status;
  }

  private String charged() {
    JsonNode budget = ok(vault.get(ana, "/v1/analytics/budget")).body().at("/budgets/0");
    return budget.at("/spent/rho").decimalValue().toPlainString();
  }

  @Test
  void anAnalystWithTooManyQuestions_isRefusedWithoutACharge_andBlocksNoOthers() {
    start(LONG_SLOT);
    String first = job(askLater(ana));
    for (int i = 1; i < 20; i++) {
      job(askLater(ana));
    }
    String charged = charged();
    var refused =
        vault.exchange(
            "POST",
            "/v1/analytics/queries",
            question().getBytes(StandardCharsets.UTF_8),
            Map.of("Authorization", "Bearer " + ana, "Content-Type", "application/json"));
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("3600");
    assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("too_many_questions");
    assertThat(charged()).isEqualTo(charged);
    job(askLater(vault.token(Role.ANALYST, "bob")));

    assertThat(ok(vault.delete(ana, first)).body().get("state").textValue()).isEqualTo("cancelled");
    job(askLater(ana));
    assertThat(askLater(ana).status()).isEqualTo(429);
  }

  @Test
  void aQuestionWhoseClientHasGone_isCancelled_andStaysCharged() throws Exception {
    start(LONG_SLOT);
    byte[] body = question().getBytes(StandardCharsets.UTF_8);
    int port = vault.vault().port();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String head =
          "POST /v1/analytics/queries HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
              + ana
              + "\r\nContent-Type: application/json\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      client.getOutputStream().write(body);
      client.getOutputStream().flush();
      while (vault.get(ana, "/v1/analytics/jobs/1").status() == 404) {
        Thread.sleep(20);
      }
    }
    JsonNode job = ended("/v1/analytics/jobs/1");
    assertThat(job.get("state").textValue()).isEqualTo("cancelled");
    assertThat(job.get("reason").textValue()).isEqualTo("CANCELLED");
    assertThat(charged()).isEqualTo("0.01");
  }

  /**
   * Checks that another analyst with the same question waits for the same answer, may watch it, and
   * cannot cancel it.
   */
  @Test
  void aQuestionOfTwoAnalysts_isAnsweredToBoth_andChargedOnce() {
    start(LONG_SLOT);
    String question = question();
    String bob = vault.token(Role.ANALYST, "bob");
    String job = job(vault.post(ana, "/v1/analytics/queries", question, LATER));
    Map<String, String> preferring = Map.of("Prefer", "wait=5, Respond-Async");
    assertThat(job(vault.post(bob, "/v1/analytics/queries", question, preferring))).isEqualTo(job);

    assertThat(ok(vault.get(bob, job)).body().get("state").textValue()).isEqualTo("running");
    assertThat(vault.delete(bob, job).status()).isEqualTo(404);
    assertThat(vault.get(vault.token(Role.ANALYST, "eve"), job).status()).isEqualTo(404);
    assertThat(charged()).isEqualTo("0.01");
  }

  @Test
  void anUnavailablePolicyServer_decidesNothing_andNothingIsCharged() throws Exception {
    try (PolicyServer server = new PolicyServer(Optional.empty())) {
      start(settings(server));
      server.decidesUnless("\"aggregate\"", HttpExchange::close);
      String before = charged();
      var answer =
          vault.exchange(
              "POST",
              "/v1/analytics/queries",
              question().getBytes(StandardCharsets.UTF_8),
              Map.of("Authorization", "Bearer " + ana, "Content-Type", "application/json"));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(new String(answer.body(), StandardCharsets.UTF_8))
          .contains("not_decided", "POLICY_UNAVAILABLE");
      assertThat(charged()).isEqualTo(before);
    }
  }

  @Test
  void aPolicyServerThatFailsDuringAStatistic_endsItWithItsReason() throws Exception {
    try (PolicyServer server = new PolicyServer(Optional.empty())) {
      start(settings(server));
      server.decidesUnless(REAL, HttpExchange::close);

      Answered answer = vault.post(ana, "/v1/analytics/queries", question(), Map.of());

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body().get("code").textValue()).isEqualTo("not_answered");
      assertThat(answer.body().at("/reasons/0").textValue()).isEqualTo("POLICY_UNAVAILABLE");
      JsonNode job = ended("/v1/analytics/jobs/1");
      assertThat(job.get("state").textValue()).isEqualTo("failed");
      assertThat(job.get("reason").textValue()).isEqualTo("POLICY_UNAVAILABLE");
      assertThat(charged()).isEqualTo("0.01");
    }
  }

  @Test
  void aQuestionThatTakesTooLong_fails_whileCountingOrWaiting() throws Exception {
    CountDownLatch going = new CountDownLatch(1);
    try (PolicyServer server = new PolicyServer(Optional.empty())) {
      start(settings(server));
      server.decidesUnless(
          REAL,
          exchange -> {
            going.await();
            exchange.close();
          });
      String counting = job(askLater(ana));
      job(askLater(ana));
      String waiting = job(askLater(ana));

      vault.advance(Duration.ofMinutes(11));
      ana = vault.token(Role.ANALYST, "ana");

      JsonNode failed = ended(waiting);
      assertThat(failed.get("state").textValue()).isEqualTo("failed");
      assertThat(failed.get("reason").textValue()).isEqualTo("DEADLINE_PASSED");
      assertThat(ok(vault.get(ana, counting)).body().get("state").textValue()).isEqualTo("running");
      server.decides();
      going.countDown();
      assertThat(ended(counting).get("state").textValue()).isEqualTo("failed");
    }
  }

  private static Map<String, String> settings(PolicyServer server) {
    Map<String, String> settings = new HashMap<>();
    settings.put("CONTEXTKEEP_POLICY_SERVER", "http://127.0.0.1:" + server.port());
    settings.put("CONTEXTKEEP_POLICY_DEADLINE_MILLIS", "60000");
    return settings;
  }
}
