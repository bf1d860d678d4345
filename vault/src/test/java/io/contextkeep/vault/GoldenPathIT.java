package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main uses of the vault over HTTP, with a test for each rule that must not be removed. */
final class GoldenPathIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";

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

  @Test
  void contextIsWritten_consentIsGiven_andOnlyPermittedAttributesAreRead() {
    vault.write("17850", "email", "\"" + CANARY + "@example.com\"");
    vault.write("17850", "income", "50000");
    ok(vault.put(ann, CONSENT, "{\"notice\": \"v1\", \"language\": \"en\"}"));

    JsonNode body = ok(vault.ask("17850", "country,email,income,health_note,mood")).body();

    assertThat(body.at("/values/country/value").textValue()).isEqualTo(CANARY + "land");
    assertThat(body.at("/values/country/source").textValue()).isEqualTo("crm");
    assertThat(body.at("/values/email/value").textValue()).isEqualTo("****.com");
    assertThat(body.at("/values/email/masked").textValue()).isEqualTo("LAST_FOUR");
    assertThat(body.at("/withheld/income").textValue()).isEqualTo("CATEGORY_NOT_ALLOWED");
    assertThat(body.at("/withheld/health_note").textValue())
        .isEqualTo("SPECIAL_NEEDS_EXPLICIT_CONSENT");
    assertThat(body.at("/withheld/mood").textValue()).isEqualTo("NOT_AVAILABLE");
    assertThat(body.get("keepForSeconds").longValue()).isEqualTo(3600);
    assertThat(body.at("/receipt/leafHash").textValue()).hasSize(64);
  }

  @Test
  void withoutConsent_nothingIsDisclosed() {
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
  }

  @Test
  void unknownAndRefusedCustomers_areIndistinguishable() {
    JsonNode known = vault.ask("17850", "country").body();
    JsonNode unknown = vault.ask("99999", "country").body();
    assertThat(known.get("reasons")).isEqualTo(unknown.get("reasons"));
    assertThat(known.get("reasons").get(0).textValue()).isEqualTo("NOT_PERMITTED");
    List<String> fields = new ArrayList<>();
    known.fieldNames().forEachRemaining(fields::add);
    assertThat(unknown.fieldNames()).toIterable().containsExactlyElementsOf(fields);
  }

  @Test
  void withdrawnConsent_stopsTheNextRead() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
    ok(vault.delete(ann, CONSENT));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
  }

  @Test
  void expiredConsent_doesNotCount() {
    ok(
        vault.put(
            ann,
            CONSENT,
            "{\"expires\": \""
                + java.time.Instant.parse(vault.observedNow()).plusSeconds(3_000)
                + "\"}"));
    ok(vault.ask("17850", "country"));
    vault.advance(Duration.ofSeconds(3_001));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
  }

  @Test
  void objectionToABroaderPurpose_andRestriction_stopTheNextRead() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.put(ann, "/v1/me/objections/dpv:Personalisation", ""));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    ok(vault.delete(ann, "/v1/me/objections/dpv:Personalisation"));
    ok(vault.put(ann, "/v1/me/restriction", ""));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    ok(vault.delete(ann, "/v1/me/restriction"));
    ok(vault.ask("17850", "country"));
  }

  @Test
  void unregisteredPurpose_isRefusedWithThatReason() {
    Answered answered =
        vault.get(
            vault.token(Role.APP, "shop"),
            "/v1/customers/customer_number:17850/context"
                + "?purpose=dpv:DirectMarketing&attributes=country");
    assertThat(answered.status()).isEqualTo(403);
    assertThat(answered.body().at("/reasons/0").textValue()).isEqualTo("PURPOSE_NOT_REGISTERED");
  }

  @Test
  void customersOfABatch_areDecidedOneByOne() {
    ok(vault.put(ann, CONSENT, ""));
    JsonNode answers =
        ok(vault.post(
                vault.token(Role.APP, "shop"),
                "/v1/context",
                """
                {"purpose": "dpv:ServicePersonalisation", "attributes": ["country"],
                 "customers": ["customer_number:17850", "customer_number:404"]}\
                """,
                Map.of()))
            .body()
            .get("answers");
    assertThat(answers.get(0).at("/values/country/value").textValue()).startsWith(CANARY);
    assertThat(answers.get(1).at("/problem/code").textValue()).isEqualTo("not_permitted");
  }

  @Test
  void alteredRecord_failsOnlyItsOwnAnswer() {
    vault.advance(Duration.ofSeconds(1));
    vault.write("404", "country", "\"" + CANARY + "bergen\"");
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.put(vault.customer("customer_number:404"), CONSENT, ""));
    vault
        .vault()
        .db()
        .inWrite(
            c ->
                Sql.update(
                    c,
                    """
                    UPDATE value SET sealed = zeroblob(length(sealed))
                    WHERE observed = (SELECT max(observed) FROM value)\
                    """));
    JsonNode answers =
        ok(vault.post(
                vault.token(Role.APP, "shop"),
                "/v1/context",
                """
                {"purpose": "dpv:ServicePersonalisation", "attributes": ["country"],
                 "customers": ["customer_number:404", "customer_number:17850"]}\
                """,
                Map.of()))
            .body()
            .get("answers");
    assertThat(answers.get(0).at("/problem/code").textValue()).isEqualTo("record_damaged");
    assertThat(answers.get(1).at("/values/country/value").textValue()).startsWith(CANARY);
    // The read was permitted and is in the log, although nothing was disclosed.
    vault.disclosed(1);
  }

  @Test
  void customers_seeEverythingHeldAndEveryAccess_ofTheirOwnOnly() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
    assertThat(ok(vault.get(ann, "/v1/me")).body().at("/values/country/value").textValue())
        .isEqualTo(CANARY + "land");
    JsonNode accesses = ok(vault.get(ann, "/v1/me/accesses")).body().get("accesses");
    assertThat(accesses.findValuesAsText("actor")).contains("shop");
    assertThat(accesses.findValuesAsText("type")).contains("read", "grant", "self-view");
    String bob = vault.customer("customer_number:404");
    assertThat(vault.get(bob, "/v1/me").status()).isEqualTo(404);
    for (Role role : List.of(Role.APP, Role.OPERATOR, Role.AUDITOR, Role.ANALYST, Role.SOURCE)) {
      assertThat(vault.get(vault.token(role, "x"), "/v1/me").status()).isEqualTo(403);
    }
  }

  @Test
  void customers_correctTheirValues() {
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"" + CANARY + "ia\"}"));
    JsonNode country = ok(vault.get(ann, "/v1/me")).body().at("/values/country");
    assertThat(country.get("value").textValue()).isEqualTo(CANARY + "ia");
    assertThat(country.get("source").textValue()).isEqualTo("customer");
  }

  @Test
  void afterErasure_nothingIsFound_andTheLogStillVerifies() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
    ok(vault.delete(ann, "/v1/me"));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    assertThat(vault.get(ann, "/v1/me/accesses").status()).isEqualTo(404);
    vault.restart();
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    vault.write("17850", "country", "\"" + CANARY + "2\"");
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
  }

  @Test
  void auditors_seeReadsAndRefusalsWithoutValues_andTheirViewsAreLogged() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
    vault.ask("404", "country");
    String auditor = vault.token(Role.AUDITOR, "aud");
    JsonNode permits =
        ok(vault.get(auditor, "/v1/audit/entries?decision=permit")).body().get("entries");
    assertThat(permits).hasSize(1);
    assertThat(permits.get(0).get("purpose").textValue()).isEqualTo("dpv:ServicePersonalisation");
    assertThat(permits.toString()).doesNotContain(CANARY);
    JsonNode refusals =
        ok(vault.get(auditor, "/v1/audit/entries?type=refuse&actor=shop")).body().get("entries");
    assertThat(refusals.get(0).get("reasons").toString()).contains("SUBJECT_UNKNOWN");
    JsonNode ofCustomer =
        ok(vault.get(auditor, "/v1/audit/entries?customer=customer_number:17850&type=read"))
            .body()
            .get("entries");
    assertThat(ofCustomer).hasSize(1);
    JsonNode looks =
        ok(vault.get(auditor, "/v1/audit/entries?type=audit-view")).body().get("entries");
    assertThat(looks.findValuesAsText("action")).contains("entries-of-customer");
    assertThat(ok(vault.get(auditor, "/v1/audit/verification")).body().get("whole").booleanValue())
        .isTrue();
  }

  @Test
  void analysts_areAnsweredWithinTheBudgetOnly() {
    Answered answered =
        vault.post(
            vault.token(Role.ANALYST, "ana"),
            "/v1/analytics/queries",
            """
            {"purpose": "dpv:ServicePersonalisation", "population": "shop", "measure": "count",
             "budget": {"epsilon": 0.1}}\
            """,
            Map.of());
    assertThat(answered.status()).isEqualTo(403);
    assertThat(answered.body().get("code").textValue()).isEqualTo("no_budget");
  }

  @Test
  void batch_keepsValidLines_andReportsTheOthers_once() {
    String lines =
        """
        {"customer":{"customer_number":"7"},"attribute":"country","observed":"2026-01-01T00:00:00Z","value":"%1$s"}
        {"customer":{"customer_number":"7"},"attribute":"nonsense","observed":"2026-01-01T00:00:00Z","value":1}
        {"customer":{"customer_number":"7"},"attribute":"country","observed":"yesterday","value":"%1$s"}
        {"customer":{"customer_number":"7"},"attribute":"country","observed":"2026-01-01T00:00:00Z","value":7}
        {"customer":{"customer_number":"7"},"attribute":"mood","observed":"2026-01-01T00:00:00Z","value":"%1$s"}
        {"customer":{"customer_number":"7"},"event":"purchase","id":"i1","observed":"2026-01-01T00:00:00Z","value":{"a":"%1$s"}}
        not json
        {"customer":{"customer_number":"7"},"attribute":"country","attribute":"x","observed":"2026-01-01T00:00:00Z","value":"a"}
        {"customer":{"customer_number":"7"},"attribute":"country","observed":"2025-01-01T00:00:00Z","value":"%1$s"}
        """
            .formatted(CANARY);
    String crm = vault.token(Role.SOURCE, "crm");
    Map<String, String> key = Map.of("Idempotency-Key", CANARY + "-1");
    JsonNode report = ok(vault.post(crm, "/v1/ingest", lines, key)).body();
    assertThat(report.get("kept").intValue()).isEqualTo(2);
    assertThat(report.get("refused").findValuesAsText("code"))
        .containsExactly(
            "unknown_attribute",
            "invalid_time",
            "invalid_value",
            "facet_not_allowed",
            "malformed_json",
            "malformed_json",
            "older_than_current");
    assertThat(report.toString()).doesNotContain(CANARY);
    assertThat(ok(vault.post(crm, "/v1/ingest", lines, key)).body()).isEqualTo(report);
    assertThat(vault.post(crm, "/v1/ingest", lines + " ", key).status()).isEqualTo(409);
    String seven = vault.customer("customer_number:7");
    assertThat(ok(vault.get(seven, "/v1/me")).body().at("/values/purchase")).hasSize(1);
  }

  @Test
  void faultOfALine_namesNoMembersOfItsValue() {
    vault.register(
        "/v1/attributes/friends",
        """
        {"kind": "value", "facet": "profile", "category": "pd:Friend", "sensitivity": "high",
         "schema": {"type": "object", "additionalProperties": {"type": "integer"}},
         "retentionDays": 30}\
        """);
    String line =
        """
        {"customer":{"customer_number":"7"},"attribute":"friends","observed":"%s","value":{"%s@example.com":"x"}}
        """
            .formatted(vault.observedNow(), CANARY);
    JsonNode report =
        ok(vault.post(
                vault.token(Role.SOURCE, "crm"),
                "/v1/ingest",
                line,
                Map.of("Idempotency-Key", "friends")))
            .body();
    assertThat(report.at("/refused/0/detail").textValue())
        .isEqualTo("the value breaks 'type' at /additionalProperties/type of the schema");
  }

  @Test
  void requestsWithoutATokenOrWithAnInvalidOneOrForAnotherRole_areRefused() {
    assertThat(vault.get("nonsense", "/v1/me").status()).isEqualTo(401);
    assertThat(vault.get(vault.token(Role.APP, "shop"), "/v1/apps").status()).isEqualTo(403);
    assertThat(vault.get(vault.token(Role.OPERATOR, "olga"), "/v1/apps?all=1").status())
        .isEqualTo(400);
    assertThat(vault.get(vault.token(Role.OPERATOR, "olga"), "/v1/nothing").status())
        .isEqualTo(404);
  }

  @Test
  void everything_survivesARestart() {
    ok(vault.put(ann, CONSENT, ""));
    vault.restart();
    assertThat(ok(vault.ask("17850", "country")).body().at("/values/country/value").textValue())
        .isEqualTo(CANARY + "land");
  }
}
