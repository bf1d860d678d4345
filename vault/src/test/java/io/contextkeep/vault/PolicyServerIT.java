package io.contextkeep.vault;

import static io.contextkeep.vault.PolicyServer.answer;
import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.identity.Role;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vault whose policy is an OPA server's. Nothing is decrypted that the server did not allow:
 * after every test the fixture compares disclosures with the permits in the log.
 */
@Timeout(180)
final class PolicyServerIT {
  private static final String YES =
      answer(
          """
          {"allow": true, "reasons": [], "basis": "eu-gdpr:A6-1-a", "consents": [], "ttl_s": 1,
           "max_age_days": 1000, "obligations": [], "attributes": {"country": {"release": "clear"}}}\
          """);

  @TempDir Path dir;
  private PolicyServer server;
  private @Nullable TestVault vault;

  @BeforeEach
  void start() throws Exception {
    server = new PolicyServer(Optional.empty());
  }

  @AfterEach
  void checkInvariants() {
    if (vault != null) {
      vault.close();
    }
    server.close();
  }

  private TestVault vault(String... more) {
    return start("http://127.0.0.1:" + server.port(), more);
  }

  private TestVault start(String url, String... more) {
    Map<String, String> settings = new TreeMap<>(Map.of("CONTEXTKEEP_POLICY_SERVER", url));
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    TestVault started = new TestVault(dir, settings);
    vault = started;
    started.furnish();
    started.write("17850", "country", "\"" + CANARY + "land\"");
    ok(
        started.put(
            started.customer("customer_number:17850"),
            "/v1/me/consents/dpv:ServicePersonalisation/shop",
            ""));
    return started;
  }

  @Test
  void theServersDecision_isTheVaults_withItsRevisionAndId() {
    TestVault vault = vault();
    Answered read = ok(vault.ask("17850", "country"));
    assertThat(read.body().at("/values/country/value").asText()).startsWith(CANARY);
    assertThat(reasons(vault.ask("absent", "country"))).containsExactly("NOT_PERMITTED");
    JsonNode entry = entries(vault, "permit").getFirst();
    assertThat(entry.path("policy").asText()).isEqualTo(PolicyServer.REVISION);
    assertThat(entry.path("policyDigest").asText("none")).isEmpty();
    assertThat(entry.path("decisionId").asText()).isEqualTo(PolicyServer.DECISION.replace("-", ""));
  }

  /** Checks that earlier decisions are not reused after the server's policy changed. */
  @Test
  void theServersDecisions_areNotRemembered() {
    TestVault vault = vault();
    ok(vault.ask("17850", "country"));
    server.says(
        200, "application/json", answer("{\"allow\": false, \"reasons\": [\"NEWLY_FORBIDDEN\"]}"));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    assertThat(entries(vault, "refuse").getFirst().path("reasons"))
        .extracting(JsonNode::asText)
        .containsExactly("NEWLY_FORBIDDEN");
  }

  @Test
  void anInvalidAnswer_isALoggedRefusal_andNothingIsDecrypted() {
    TestVault vault = vault();
    Map<String, String> answers = new TreeMap<>();
    answers.put("garbage", "POLICY_ERROR");
    answers.put("{}", "POLICY_UNDEFINED");
    answers.put(YES.substring(0, YES.length() - 1), "POLICY_ERROR");
    answers.put(YES.replace("provenance", "elsewhere"), "POLICY_ERROR");
    answers.put(YES.replace("clear", "open"), "POLICY_ERROR");
    answers.put(YES.replace("eu-gdpr:A6-1-a", "two words"), "POLICY_ERROR");
    answers.put(YES.replace("[]", "[\"" + "x".repeat(300) + "\"]"), "POLICY_ERROR");
    answers.forEach(
        (answer, reason) -> {
          server.says(200, "application/json", answer);
          assertRefused(vault, reason, answer);
        });
    for (int status : List.of(201, 302, 401, 404, 500)) {
      server.says(status, "application/json", YES);
      assertRefused(vault, "POLICY_ERROR", "status " + status);
    }
    server.says(200, "text/html", YES);
    assertRefused(vault, "POLICY_ERROR", "text/html");
    server.says(200, "application/json", YES);
    ok(vault.ask("17850", "country"));
  }

  @Test
  void aHangingServer_causesRefusalsAtTheDeadline_thenAtOnce_untilItIsBack() throws Exception {
    TestVault vault = vault("CONTEXTKEEP_POLICY_DEADLINE_MILLIS", "300");
    server.hangs();
    for (int i = 0; i < 5; i++) {
      assertRefused(vault, "POLICY_TIMEOUT", "hung");
    }
    assertThat(reasons(vault.ask("17850", "country")))
        .containsAnyOf("POLICY_UNAVAILABLE", "POLICY_TIMEOUT");
    assertThat(ready(vault)).isEqualTo("ok\npolicy: no answer\n");
    assertThat(BareHttp.get(vault.vault().port(), "/health/ready").orElseThrow().body())
        .doesNotContain("policy");
    server.says(200, "application/json", YES);
    while (vault.ask("17850", "country").status() != 200) {
      Thread.sleep(20);
    }
    while (!ready(vault).equals("ok\npolicy: answers\n")) {
      Thread.sleep(20);
    }
  }

  @Test
  void aDeadServer_causesRefusals_andOtherRequestsContinue() {
    TestVault vault = vault();
    server.dies();
    assertRefused(vault, "POLICY_UNAVAILABLE", "dead");
    HttpResponse<byte[]> answer =
        vault.exchange(
            "GET",
            "/v1/customers/customer_number:17850/context?purpose=dpv:ServicePersonalisation"
                + "&attributes=country",
            new byte[0],
            Map.of("Authorization", "Bearer " + vault.token(Role.APP, "shop")));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(
            ok(vault.post(
                    vault.token(Role.APP, "shop"),
                    "/v1/context",
                    """
                    {"purpose": "dpv:ServicePersonalisation", "attributes": ["country"],
                     "customers": ["customer_number:17850", "customer_number:absent"]}\
                    """,
                    Map.of()))
                .body()
                .findValuesAsText("code"))
        .containsExactly("not_decided", "not_decided");
    assertThat(vault.get(vault.customer("customer_number:17850"), "/v1/me").status())
        .isEqualTo(503);
    assertThat(ready(vault)).isEqualTo("ok\npolicy: no answer\n");
    ok(
        vault.delete(
            vault.customer("customer_number:17850"),
            "/v1/me/consents/dpv:ServicePersonalisation/shop"));
    server.decides();
    assertThat(vault.ask("17850", "country").status()).isEqualTo(503);
  }

  /** Checks that an undecided request is not a refusal: the client is told to repeat it. */
  @Test
  void requestsThatNeedADecision_areUnavailable_whileTheServerIsDown() {
    TestVault vault = vault();
    String from = vault.observedNow();
    long entry = ok(vault.ask("17850", "country")).body().at("/receipt/index").asLong();
    vault.advance(Duration.ofSeconds(1));
    String until = vault.observedNow();
    String period = "\"from\": \"" + from + "\", \"until\": \"" + until + "\"";
    String operator = vault.token(Role.OPERATOR, "olga");
    String customer = vault.customer("customer_number:17850");
    Answered proposed =
        vault.send(
            operator,
            "PUT",
            "/v1/apps/shop",
            "{\"name\": \"Shop\", \"facets\": [], \"purposes\": [\"dpv:DirectMarketing\"]}",
            Map.of("If-Match", "*"));
    String change = "/v1/changes/" + proposed.body().path("id").asLong();
    server.dies();
    assertNotDecided(vault, operator, "POST", "/v1/policy/replay", "{" + period + "}");
    assertNotDecided(
        vault,
        operator,
        "POST",
        "/v1/policy/what-if",
        "{\"app\": \"shop\", \"purposes\": [], " + period + "}");
    assertNotDecided(
        vault, operator, "GET", change + "/replay?from=" + from + "&until=" + until, "");
    assertNotDecided(vault, operator, "GET", "/v1/policy/explain?entry=" + entry, "");
    assertNotDecided(vault, customer, "POST", "/v1/me/what-if", "{\"change\": \"restrict\"}");
    assertNotDecided(vault, customer, "GET", "/v1/me/accesses/" + entry + "/explanation", "");
    assertNotDecided(vault, customer, "GET", "/v1/me/export", "");
    assertNotDecided(vault, customer, "GET", "/v1/me", "");
    ok(
        vault.post(
            vault.token(Role.AUDITOR, "audrey"),
            "/v1/audit/affected",
            "{" + period + ", \"app\": \"shop\"}",
            Map.of("Accept", "application/x-ndjson")));
  }

  private static void assertNotDecided(
      TestVault vault, String token, String method, String path, String body) {
    Map<String, String> headers = new TreeMap<>(Map.of("Authorization", "Bearer " + token));
    if (!body.isEmpty()) {
      headers.put("Content-Type", "application/json");
    }
    HttpResponse<byte[]> answer =
        vault.exchange(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(answer.statusCode()).as(path + " " + text).isEqualTo(503);
    assertThat(text).as(path).contains("\"code\":\"not_decided\"");
    assertThat(answer.headers().firstValue("Retry-After")).as(path).contains("1");
  }

  /** Checks that a line is not refused without a decision, since a batch is reported on once. */
  @Test
  void anUndecidedDerivedLine_isAccepted_whenItIsSentAgain() {
    TestVault vault = vault();
    vault.register(
        "/v1/apps/brain",
        """
        {"name": "Brain", "facets": ["intent"], "purposes": ["dpv:ServicePersonalisation"]}\
        """);
    ok(
        vault.put(
            vault.customer("customer_number:17850"),
            "/v1/me/consents/dpv:ServicePersonalisation/brain",
            ""));
    String line =
        """
        {"customer": {"customer_number": "17850"}, "attribute": "mood", "observed": "%s", "value": "%s",
         "derived": {"from": ["country"], "rule": "mood.v1", "purpose": ["dpv:ServicePersonalisation"],
          "kind": "inferred"}}\
        """
            .formatted(vault.observedNow(), CANARY + "glad")
            .replace("\n", "");
    server.dies();
    Answered down = derive(vault, line);
    assertThat(down.status()).isEqualTo(503);
    assertThat(down.body().path("code").asText()).isEqualTo("not_decided");
    server.decides();
    assertThat(ok(derive(vault, line)).body().path("kept").asInt()).isEqualTo(1);
  }

  private static Answered derive(TestVault vault, String line) {
    return vault.post(
        vault.token(Role.SOURCE, "brain"), "/v1/ingest", line, Map.of("Idempotency-Key", "once"));
  }

  @Test
  void withTls_onlyAServerWithATrustedCertificate_decidesAndGetsTheToken() throws Exception {
    TestCertificate ours = TestCertificate.make(dir, "ours");
    TestCertificate others = TestCertificate.make(dir, "others");
    Path token = Files.writeString(dir.resolve("token"), "the-servers-own-word\n");
    try (PolicyServer secured = new PolicyServer(Optional.of(ours.context()))) {
      String url = "https://127.0.0.1:" + secured.port();
      TestVault vault = start(url, "CONTEXTKEEP_POLICY_SERVER_CA", others.pem().toString());
      assertRefused(vault, "POLICY_UNAVAILABLE", "another's certificate");
      vault.close();
      vault =
          start(
              url,
              "CONTEXTKEEP_POLICY_SERVER_CA",
              ours.pem().toString(),
              "CONTEXTKEEP_POLICY_SERVER_TOKEN_FILE",
              token.toString());
      ok(vault.ask("17850", "country"));
      secured.does(
          exchange -> {
            boolean known =
                "Bearer the-servers-own-word"
                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(known ? 404 : 429, -1);
          });
      assertRefused(vault, "POLICY_ERROR", "the token came along");
    }
  }

  @Test
  void invalidSettings_stopTheStart() throws Exception {
    Path none = Files.writeString(dir.resolve("none.pem"), "no certificate");
    assertStopped("CONTEXTKEEP_POLICY_SERVER_CA", none, "policy.server.ca");
    assertStopped(
        "CONTEXTKEEP_POLICY_SERVER_TOKEN_FILE",
        dir.resolve("missing"),
        "policy.server.token.file cannot be read");
  }

  private void assertStopped(String setting, Path file, String said) throws Exception {
    VaultConfig config =
        VaultConfig.load(
            List.of(),
            Map.of(
                "CONTEXTKEEP_HTTP_PORT",
                "0",
                "CONTEXTKEEP_DATA",
                dir.resolve("data").toString(),
                "CONTEXTKEEP_KEYS",
                dir.resolve("keys").toString(),
                "CONTEXTKEEP_POLICY_SERVER",
                "https://127.0.0.1:1",
                setting,
                file.toString()));
    assertThatThrownBy(() -> Vault.start(config, InstantSource.system()))
        .hasMessageContaining(said);
  }

  private static void assertRefused(TestVault vault, String reason, String why) {
    Answered answered = vault.ask("17850", "country");
    boolean heard = reason.equals("POLICY_ERROR") || reason.equals("POLICY_UNDEFINED");
    assertThat(answered.status()).as(why).isEqualTo(heard ? 403 : 503);
    assertThat(answered.body().path("code").asText())
        .as(why)
        .isEqualTo(heard ? "not_permitted" : "not_decided");
    assertThat(reasons(answered)).as(why).containsExactly(reason);
    JsonNode entry = entries(vault, "refuse").getFirst();
    assertThat(entry.path("reasons")).as(why).extracting(JsonNode::asText).containsExactly(reason);
    assertThat(entry.at("/index")).isEqualTo(answered.body().at("/receipt/index"));
  }

  private static List<String> reasons(Answered refused) {
    return refused.body().path("reasons").valueStream().map(JsonNode::asText).toList();
  }

  /** Returns the newest first. */
  private static List<JsonNode> entries(TestVault vault, String decision) {
    String auditor = vault.token(Role.AUDITOR, "audrey");
    return ok(vault.get(auditor, "/v1/audit/entries?actor=shop&decision=" + decision))
        .body()
        .path("entries")
        .valueStream()
        .toList();
  }

  private static String ready(TestVault vault) {
    return vault.watched("/health/ready");
  }
}
