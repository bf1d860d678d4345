package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Customers' rights over HTTP. */
@Order(1)
final class CustomerRightsIT {
  private static final String PURPOSE = "/v1/me/consents/dpv:ServicePersonalisation";
  private static final String CONSENT = PURPOSE + "/shop";
  private static final String EVERYONE = PURPOSE + "/*";

  /** The state of the last event, as the ledger writes it. */
  private static final String CONSENT_STATE =
      """
      INSERT INTO consent_state
        (subject, purpose, recipient, event, status, explicit, at, expires, since, yields)
      SELECT subject, purpose, recipient, id, status, explicit, at, expires, id, 0
      FROM consent_event ORDER BY id DESC LIMIT 1\
      """;

  @TempDir Path dir;
  private TestVault vault;
  private String ann;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    ann = vault.customer("customer_number:17850");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private String consentStatus(String app) {
    for (JsonNode consent : ok(vault.get(ann, "/v1/me/consents")).body().get("consents")) {
      if (consent.path("app").asText().equals(app)) {
        return consent.path("status").asText();
      }
    }
    return "none";
  }

  private void later() {
    vault.advance(Duration.ofMillis(1));
  }

  @Test
  void aRefusalBeforeAnyConsent_isRecorded_andALaterConsentCounts() {
    assertThat(ok(vault.delete(ann, CONSENT)).body().path("status").asText()).isEqualTo("REFUSED");
    assertThat(consentStatus("shop")).isEqualTo("REFUSED");
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    later();
    assertThat(ok(vault.put(ann, CONSENT, "")).body().get("stoppedBy")).isEmpty();
    ok(vault.ask("17850", "country"));
    later();
    assertThat(ok(vault.delete(ann, CONSENT)).body().path("status").asText())
        .isEqualTo("WITHDRAWN");
  }

  @Test
  void choicesOfUnknownCustomers_countWhenTheirDataArrives() {
    String bob = vault.customer("customer_number:2");
    String eve = vault.customer("customer_number:3");
    String dan = vault.customer("customer_number:4");
    assertThat(vault.get(bob, "/v1/me").status()).isEqualTo(404);
    ok(vault.put(bob, CONSENT, ""));
    ok(vault.put(eve, "/v1/me/objections/dpv:Personalisation", ""));
    ok(vault.put(dan, "/v1/me/restriction", ""));
    for (String number : List.of("2", "3", "4")) {
      vault.write(number, "country", "\"" + CANARY + number + "\"");
    }
    assertThat(ok(vault.ask("2", "country")).body().at("/values/country/value").asText())
        .isEqualTo(CANARY + "2");
    assertThat(vault.ask("3", "country").status()).isEqualTo(403);
    assertThat(vault.ask("4", "country").status()).isEqualTo(403);
    assertThat(vault.delete(vault.customer("customer_number:5"), "/v1/me/restriction").status())
        .isEqualTo(404);
  }

  @Test
  void aRefusedRequest_enrolsNoCustomer() {
    String bob = vault.customer("customer_number:2");
    assertThat(vault.put(bob, CONSENT, "{\"language\": \"!\"}").status()).isEqualTo(400);
    assertThat(vault.put(bob, PURPOSE + "/nosuchapp", "").status()).isEqualTo(404);
    assertThat(vault.put(bob, "/v1/me/objections/dpv:Nonsense", "").status()).isEqualTo(400);
    assertThat(vault.get(bob, "/v1/me/accesses").status()).isEqualTo(404);
  }

  /**
   * Checks that a consent without effect is refused and not stored, while a refusal is always
   * accepted.
   */
  @Test
  void aConsentWithoutEffect_isRefused_withAHelpfulProblem() {
    Answered contract = vault.put(ann, "/v1/me/consents/dpv:CustomerCare/shop", "");
    assertThat(contract.status()).isEqualTo(409);
    assertThat(contract.body().path("code").asText()).isEqualTo("basis_is_not_consent");
    assertThat(contract.body().path("detail").asText())
        .contains("eu-gdpr:A6-1-b", "/v1/me/objections/dpv:CustomerCare");
    for (String[] other : new String[][] {{"DirectMarketing", "shop"}, {"CustomerCare", "crm"}}) {
      Answered stranger = vault.put(ann, "/v1/me/consents/dpv:" + other[0] + "/" + other[1], "");
      assertThat(stranger.status()).isEqualTo(409);
      assertThat(stranger.body().path("code").asText()).isEqualTo("purpose_not_registered");
    }
    assertThat(ok(vault.get(ann, "/v1/me/consents")).body().path("consents")).isEmpty();
    String bob = vault.customer("customer_number:2");
    assertThat(vault.put(bob, "/v1/me/consents/dpv:CustomerCare/shop", "").status()).isEqualTo(409);
    assertThat(vault.get(bob, "/v1/me").status()).isEqualTo(404);
    ok(vault.delete(ann, "/v1/me/consents/dpv:CustomerCare/shop"));
    ok(vault.put(ann, "/v1/me/consents/dpv:CustomerCare/*", ""));
  }

  @Test
  void anExpiredConsent_isRefused_withAHelpfulProblem() {
    String past = Instant.parse(vault.observedNow()).minusSeconds(1).toString();
    Answered answered = vault.put(ann, CONSENT, "{\"expires\": \"" + past + "\"}");
    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.body().path("detail").asText()).contains("expires after");
    assertThat(consentStatus("shop")).isEqualTo("none");
  }

  @Test
  void aRefusalOfARegisteredApp_isRecorded_andOfAnUnregisteredOne_isNot() {
    assertThat(ok(vault.delete(ann, CONSENT)).body().path("status").asText()).isEqualTo("REFUSED");
    assertThat(consentStatus("shop")).isEqualTo("REFUSED");
    assertThat(vault.delete(ann, PURPOSE + "/no-such-app").status()).isEqualTo(404);
    assertThat(consentStatus("no-such-app")).isEqualTo("none");
  }

  @Test
  void aRefusalOfAllApps_stopsEachApp_andItsWithdrawalRestoresNoConsent() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
    later();
    assertThat(ok(vault.delete(ann, EVERYONE)).body().path("status").asText())
        .isEqualTo("WITHDRAWN");
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    assertThat(consentStatus("shop")).isEqualTo("WITHDRAWN");
    later();
    ok(vault.put(ann, EVERYONE, ""));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    later();
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
  }

  @Test
  void aConsent_namesWhatStillBlocksIt_withTheCallsThatHelp() {
    ok(vault.delete(ann, EVERYONE));
    ok(vault.put(ann, "/v1/me/objections/dpv:Personalisation", ""));
    ok(vault.put(ann, "/v1/me/restriction", ""));
    later();
    JsonNode stops = ok(vault.put(ann, CONSENT, "")).body().get("stoppedBy");
    assertThat(stops).hasSize(3);
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    later();
    for (JsonNode stop : stops) {
      String[] call = stop.asText().split(" ", -1);
      ok(vault.send(ann, call[0], call[1], "", Map.of()));
    }
    ok(vault.ask("17850", "country"));
  }

  /**
   * Measures GDPR article 7(3): one call without a body each, and the withdrawal takes effect at
   * once.
   */
  @Test
  void withdrawing_takesNoMoreStepsThanConsenting() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
    later();
    ok(vault.delete(ann, CONSENT));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
  }

  @Test
  void anObjectionToAnUnknownPurpose_isRefused() {
    Answered answered = vault.put(ann, "/v1/me/objections/dpv:Nonsense", "");
    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.body().path("code").asText()).isEqualTo("unknown_purpose");
  }

  @Test
  void customers_seeAllAppsAndTheirPurposes() {
    JsonNode apps = ok(vault.get(ann, "/v1/me/apps")).body().get("apps");
    assertThat(apps.findValuesAsText("app")).containsExactly("crm", "shop");
    assertThat(apps.get(1).get("purposes").findValuesAsText("purpose"))
        .containsExactly("dpv:CustomerCare", "dpv:ServicePersonalisation");
    assertThat(apps.toString()).doesNotContain("jwk");
  }

  @Test
  void accesses_arePaged_eachOnce_newestFirst() {
    ok(vault.put(ann, CONSENT, ""));
    for (int i = 0; i < 20; i++) {
      ok(vault.ask("17850", "country"));
    }
    List<Long> indices = new ArrayList<>();
    String next = "/v1/me/accesses?limit=7";
    int pages = 0;
    while (!next.isEmpty()) {
      JsonNode page = ok(vault.get(ann, next)).body();
      page.get("accesses").forEach(access -> indices.add(access.get("index").longValue()));
      next = page.path("next").asText();
      pages++;
    }
    assertThat(pages).isEqualTo(4);
    assertThat(indices).isSortedAccordingTo(Comparator.reverseOrder()).doesNotHaveDuplicates();
    assertThat(indices).hasSizeGreaterThanOrEqualTo(22);
    assertThat(vault.get(ann, "/v1/me/accesses?cursor=yesterday").status()).isEqualTo(400);
  }

  @Test
  void accesses_nameServices_andNoStaff() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
    String auditor = vault.token(Role.AUDITOR, "audrey-a-person");
    ok(vault.get(auditor, "/v1/audit/entries?customer=customer_number:17850"));
    String operator = vault.token(Role.OPERATOR, "olga-a-person");
    vault.put(operator, "/v1/apps/shop2", "{\"name\":\"x\",\"purposes\":[],\"facets\":[]}");
    JsonNode accesses = ok(vault.get(ann, "/v1/me/accesses")).body();
    assertThat(accesses.toString()).doesNotContain("a-person");
    JsonNode read =
        stream(accesses.get("accesses")).stream()
            .filter(access -> access.path("type").asText().equals("read"))
            .findFirst()
            .orElseThrow();
    assertThat(read.path("actor").asText()).isEqualTo("shop");
    assertThat(read.path("purpose").asText()).isEqualTo("dpv:ServicePersonalisation");
    assertThat(read.path("decision").asText()).isEqualTo("permit");
    assertThat(read.path("time").longValue()).isPositive();
  }

  private static List<JsonNode> stream(JsonNode array) {
    List<JsonNode> all = new ArrayList<>();
    array.forEach(all::add);
    return all;
  }

  /** Gives the consent in the write before that of the withdrawal, which was requested earlier. */
  @Test
  void withdrawalFromAll_reachesConsentThatWasGivenWhileItWaited() throws Exception {
    withdrawnWhileConsenting(() -> ok(vault.delete(ann, EVERYONE)));
    later();
    ok(vault.put(ann, EVERYONE, ""));
    assertThat(consentStatus("shop")).isEqualTo("WITHDRAWN");
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
  }

  private void withdrawnWhileConsenting(Callable<Answered> withdrawal) throws Exception {
    Db db = vault.vault().db();
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch waits = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Integer> consent =
          threads.submit(
              () ->
                  db.inWrite(
                      c -> {
                        writing.countDown();
                        awaited(waits);
                        return consentToShop(c);
                      }));
      awaited(writing);
      Future<Answered> withdrawn = threads.submit(withdrawal);
      while (db.queued() == 0 && !withdrawn.isDone()) {
        Thread.onSpinWait();
      }
      waits.countDown();
      assertThat(consent.get()).isEqualTo(1);
      ok(withdrawn.get());
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private int consentToShop(Connection c) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO consent_event
          (subject, purpose, recipient, status, explicit, notice, language, method, at, said_by)
        SELECT subject, 'dpv:ServicePersonalisation', 'shop', 'GIVEN', 0, 'unversioned', 'und',
          'api', ?, 'SUBJECT' FROM value LIMIT 1\
        """,
        vault.clock().millis());
    return Sql.update(c, CONSENT_STATE);
  }

  @Test
  void correction_fitsTheSchema_andNoSourceReplacesIt() {
    assertThat(vault.put(ann, "/v1/me/attributes/country", "{\"value\": 7}").status())
        .isEqualTo(400);
    assertThat(vault.put(ann, "/v1/me/attributes/country", "{}").status()).isEqualTo(400);
    assertThat(vault.put(ann, "/v1/me/attributes/nonsense", "{\"value\": 7}").status())
        .isEqualTo(404);
    assertThat(vault.put(ann, "/v1/me/attributes/purchase", "{\"value\": {}}").status())
        .isEqualTo(404);
    String before = vault.observedNow();
    vault.advance(Duration.ofSeconds(10));
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"" + CANARY + "ia\"}"));
    assertThat(source("country", before, "\"" + CANARY + "old\"").path("kept").asInt())
        .isEqualTo(1);
    assertThat(country()).isEqualTo(CANARY + "ia");
    vault.advance(Duration.ofSeconds(10));
    assertThat(source("country", vault.observedNow(), "\"" + CANARY + "new\"").path("kept").asInt())
        .isEqualTo(1);
    JsonNode held = ok(vault.get(ann, "/v1/me")).body().at("/values/country");
    assertThat(held.path("value").asText()).isEqualTo(CANARY + "ia");
    assertThat(held.path("sourceSays")).hasSize(1);
    assertThat(held.at("/sourceSays/0/value").asText()).isEqualTo(CANARY + "new");
    assertThat(held.at("/sourceSays/0/source").asText()).isEqualTo("crm");
    ok(vault.put(ann, "/v1/me/consents/dpv:ServicePersonalisation/shop", ""));
    JsonNode seenByApp = ok(vault.ask("17850", "country")).body().at("/values/country");
    assertThat(seenByApp.path("value").asText()).isEqualTo(CANARY + "ia");
    assertThat(seenByApp.has("sourceSays")).isFalse();
  }

  @Test
  void correctionTakenBack_leavesWhatTheSourceObservedLast() {
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"" + CANARY + "ia\"}"));
    vault.advance(Duration.ofSeconds(10));
    source("country", vault.observedNow(), "\"" + CANARY + "new\"");
    ok(vault.delete(ann, "/v1/me/attributes/country"));
    JsonNode held = ok(vault.get(ann, "/v1/me")).body().at("/values/country");
    assertThat(held.path("value").asText()).isEqualTo(CANARY + "new");
    assertThat(held.has("sourceSays")).isFalse();
    assertThat(vault.delete(ann, "/v1/me/attributes/country").body().path("code").asText())
        .isEqualTo("no_correction");
  }

  /** Checks a source five minutes ahead, which is allowed. */
  @Test
  void correction_overridesASourceWhoseClockIsAhead() {
    String ahead = vault.clock().instant().plusSeconds(290).toString();
    source("country", ahead, "\"" + CANARY + "wrong\"");
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"" + CANARY + "ia\"}"));
    assertThat(country()).isEqualTo(CANARY + "ia");
    vault.advance(Duration.ofMinutes(10));
    source("country", vault.observedNow(), "\"" + CANARY + "wrong\"");
    assertThat(country()).isEqualTo(CANARY + "ia");
  }

  private JsonNode source(String attribute, String observed, String value) {
    return ok(vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "17850"}, "attribute": "%s", "observed": "%s", "value": %s}\
            """
                .formatted(attribute, observed, value),
            Map.of("Idempotency-Key", java.util.UUID.randomUUID().toString())))
        .body();
  }

  private String country() {
    return ok(vault.get(ann, "/v1/me")).body().at("/values/country/value").asText();
  }

  @Test
  void noSource_canActAsTheCustomer() {
    Answered answered =
        vault.put(
            vault.token(Role.OPERATOR, "olga"),
            "/v1/apps/customer",
            "{\"name\": \"x\", \"purposes\": [], \"facets\": []}");
    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.body().path("code").asText()).isEqualTo("invalid_name");
  }

  @Test
  void aSchemaThatCannotCheckAnyValue_isNotRegistered() {
    String operator = vault.token(Role.OPERATOR, "olga");
    for (String schema :
        List.of(
            "{\"type\": 7}",
            "{\"type\": \"nonsense\"}",
            "{\"pattern\": \"[\"}",
            "{\"$ref\": \"http://127.0.0.1:1/x\"}",
            "{\"allOf\": [{\"$dynamicRef\": \"#x\"}]}",
            "{\"$schema\": \"http://127.0.0.1:1/x\"}",
            "{\"$id\": \"classpath:logback.xml\"}",
            "{\"minLength\": \"x\"}",
            "true",
            "{\"description\": \"" + "x".repeat(20_000) + "\"}")) {
      Answered answered =
          vault.put(
              operator,
              "/v1/attributes/strange",
              """
              {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
               "schema": %s, "retentionDays": 1}\
              """
                  .formatted(schema));
      assertThat(answered.status()).as(schema).isEqualTo(400);
      assertThat(answered.body().path("code").asText()).isEqualTo("invalid_schema");
    }
  }

  @Test
  void twoApps_cannotHaveOneClientId() {
    String operator = vault.token(Role.OPERATOR, "olga");
    String app = "{\"name\": \"x\", \"purposes\": [], \"facets\": [], \"clientId\": \"c1\"}";
    vault.register("/v1/apps/one", app);
    vault.register("/v1/apps/one", app);
    Answered answered = vault.put(operator, "/v1/apps/two", app);
    assertThat(answered.status()).isEqualTo(409);
    assertThat(answered.body().path("code").asText()).isEqualTo("client_id_taken");
  }

  @Test
  void numbers_areReturnedUnchanged_andHugeOnesAreRefused() {
    vault.register(
        "/v1/attributes/ratio",
        """
        {"kind": "value", "facet": "profile", "category": "pd:Income", "sensitivity": "low",
         "schema": {"type": "number", "multipleOf": 0.0000000001}, "retentionDays": 1}\
        """);
    vault.write("17850", "income", "12345678901234567890123456789");
    vault.write("17850", "ratio", "12345678901234567890.1234567890");
    String body =
        new String(
            vault
                .exchange("GET", "/v1/me", new byte[0], Map.of("Authorization", "Bearer " + ann))
                .body(),
            StandardCharsets.UTF_8);
    assertThat(body).contains("12345678901234567890123456789", "12345678901234567890.1234567890");
    JsonNode report = source("ratio", vault.observedNow(), "1e999999999");
    assertThat(report.at("/refused/0/code").asText()).isEqualTo("invalid_number");
  }
}
