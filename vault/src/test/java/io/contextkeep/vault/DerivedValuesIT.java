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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Derived values and their removal: no value that was derived under a consent is served after that
 * consent has ended, even after new consents, writes or restarts.
 */
final class DerivedValuesIT {
  private static final String PERSONALISATION = "dpv:ServicePersonalisation";
  private static final String RECOMMENDATIONS = "dpv:ProvidePersonalisedRecommendations";
  private static final String CARE = "dpv:CustomerCare";
  private static final String CHURN = CANARY + "churn";

  @TempDir Path dir;
  private TestVault vault;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.register(
        "/v1/apps/brain",
        """
        {"name": "Brain", "facets": ["intent", "preferences"],
         "purposes": ["%s", "%s", "%s"]}\
        """
            .formatted(PERSONALISATION, RECOMMENDATIONS, CARE));
    attribute("churn", "intent", "pd:Interest");
    attribute("taste", "preferences", "pd:Preference");
    vault.write("1", "country", "\"" + CANARY + "land\"");
    grant(PERSONALISATION, "shop", "");
  }

  private void attribute(String name, String facet, String category) {
    vault.register(
        "/v1/attributes/" + name,
        """
        {"kind": "value", "facet": "%s", "category": "%s", "sensitivity": "low",
         "schema": {"type": "string"}, "retentionDays": 3650}\
        """
            .formatted(facet, category));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private String ann() {
    return vault.customer("customer_number:1");
  }

  private void grant(String purpose, String app, String body) {
    ok(vault.put(ann(), "/v1/me/consents/" + purpose + "/" + app, body));
  }

  private void withdraw(String purpose, String app) {
    ok(vault.delete(ann(), "/v1/me/consents/" + purpose + "/" + app));
  }

  private JsonNode derive(String attribute, String from, String purposes) {
    return derive("1", attribute, from, purposes, vault.observedNow());
  }

  private JsonNode derive(
      String number, String attribute, String from, String purposes, String observed) {
    return derive(number, attribute, from, purposes, observed, CHURN);
  }

  /** Returns the outcome of the line. */
  private JsonNode derive(
      String number,
      String attribute,
      String from,
      String purposes,
      String observed,
      String value) {
    Answered answered =
        vault.post(
            vault.token(Role.SOURCE, "brain"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "%s"}, "attribute": "%s", "observed": "%s", "value": "%s",
             "derived": {"from": ["%s"], "rule": "churn.v3", "purpose": %s, "kind": "inferred"}}\
            """
                .formatted(number, attribute, observed, value, from, purposes)
                .replace("\n", ""),
            Map.of("Idempotency-Key", UUID.randomUUID().toString()));
    return ok(answered).body();
  }

  private void derived(String attribute, String from, String purposes) {
    assertThat(derive(attribute, from, purposes).path("refused")).isEmpty();
  }

  private static String quoted(String purpose) {
    return "\"" + purpose + "\"";
  }

  private boolean served(String attribute) {
    return vault.ask("1", attribute).body().path("values").has(attribute);
  }

  private long rows(String table) {
    return vault
        .vault()
        .db()
        .<Long>inRead(
            c -> Sql.one(c, "SELECT count(*) FROM " + table, row -> row.getLong(1)).orElseThrow());
  }

  private List<JsonNode> removals() {
    String auditor = vault.token(Role.AUDITOR, "audrey");
    JsonNode entries = ok(vault.get(auditor, "/v1/audit/entries?type=retention")).body();
    return Stream.of(entries.path("entries")).flatMap(JsonNode::valueStream).toList();
  }

  @Test
  void derivedValue_isServed_withItsDerivation() {
    grant(PERSONALISATION, "brain", "");
    derived("churn", "country", quoted(PERSONALISATION));
    derived("churn", "country", quoted(PERSONALISATION));
    assertThat(rows("derivation")).isEqualTo(1);
    assertThat(served("churn")).isTrue();
    JsonNode export = ok(vault.get(ann(), "/v1/me/export")).body();
    List<String> types =
        export.at("/about/personalData").valueStream().map(d -> d.at("/@type/0").asText()).toList();
    assertThat(types)
        .containsExactlyInAnyOrder("dpv:ObservedPersonalData", "dpv:InferredPersonalData");
  }

  @Test
  void withdrawal_removesDerivedValues_inItsTransaction_andTheLogCountsThem() {
    grant(PERSONALISATION, "brain", "");
    derived("churn", "country", quoted(PERSONALISATION));
    withdraw(PERSONALISATION, "brain");
    assertThat(served("churn")).isFalse();
    assertThat(served("country")).isTrue();
    assertThat(rows("value")).isEqualTo(1);
    assertThat(rows("derivation") + rows("derivation_ground") + rows("derivation_input")).isZero();
    assertThat(removals()).hasSize(1);
    assertThat(removals().getFirst().path("removed").get(0).asText()).isEqualTo("pd:Interest*1");
    assertThat(removals().getFirst().path("action").asText()).isEqualTo("derived-unfounded");
    JsonNode seen = ok(vault.get(ann(), "/v1/me/accesses")).body().path("accesses");
    assertThat(seen.valueStream().filter(e -> e.path("type").asText().equals("retention")))
        .singleElement()
        .satisfies(e -> assertThat(e.at("/details/removed/0").asText()).isEqualTo("churn"));
  }

  /** Ways to end a consent and then to undo that. */
  static Stream<List<String>> ends() {
    String consent = "/v1/me/consents/";
    return Stream.of(
        List.of(consent + PERSONALISATION + "/brain", "DELETE", "PUT"),
        List.of(consent + PERSONALISATION + "/*", "DELETE", "PUT"),
        List.of(consent + "dpv:Personalisation/brain", "DELETE", "PUT"),
        List.of(consent + "dpv:ServiceManagement/*", "DELETE", "PUT"),
        List.of("/v1/me/objections/" + PERSONALISATION, "PUT", "DELETE"),
        List.of("/v1/me/objections/dpv:Personalisation", "PUT", "DELETE"));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void endedDerivation_isNotRestored_whenTheRefusalIsTakenBack(List<String> end) {
    grant(PERSONALISATION, "brain", "");
    derived("churn", "country", quoted(PERSONALISATION));
    ok(vault.send(ann(), end.get(1), end.get(0), "", Map.of()));
    assertThat(served("churn")).isFalse();
    assertThat(removals()).hasSize(1);
    vault.advance(Duration.ofSeconds(1));
    ok(vault.send(ann(), end.get(2), end.get(0), "", Map.of()));
    grant(PERSONALISATION, "brain", "");
    grant(PERSONALISATION, "shop", "");
    vault.restart();
    assertThat(served("country")).isTrue();
    assertThat(served("churn")).isFalse();
  }

  @Test
  void expiredDerivation_isNotServed_isSwept_andNotRestoredByALaterConsent() {
    String until = Instant.parse(vault.observedNow()).plus(Duration.ofHours(2)).toString();
    grant(PERSONALISATION, "brain", "{\"expires\": \"" + until + "\"}");
    derived("churn", "country", quoted(PERSONALISATION));
    assertThat(served("churn")).isTrue();
    vault.advance(Duration.ofHours(2));
    assertThat(served("churn")).isFalse();
    assertThat(ok(vault.get(ann(), "/v1/me")).body().path("values").has("churn")).isFalse();
    assertThat(vault.vault().derived().sweep()).isEqualTo(1);
    assertThat(vault.vault().derived().sweep()).isZero();
    assertThat(removals()).hasSize(1);

    grant(PERSONALISATION, "brain", "");
    derived("churn", "country", quoted(PERSONALISATION));
    assertThat(served("churn")).isTrue();
  }

  @Test
  void expiredConsent_givenAgainBeforeTheSweep_restoresNothing() {
    String until = Instant.parse(vault.observedNow()).plus(Duration.ofHours(2)).toString();
    grant(PERSONALISATION, "brain", "{\"expires\": \"" + until + "\"}");
    derived("churn", "country", quoted(PERSONALISATION));
    vault.advance(Duration.ofHours(3));
    grant(PERSONALISATION, "brain", "");
    assertThat(served("churn")).isFalse();
    assertThat(rows("derivation")).isZero();
  }

  /** σ = 1: eight of it are missed once in 8·10¹⁴ times. */
  @Test
  void statistic_countsNoValueWhoseConsentHasExpired() {
    vault.register(
        "/v1/attributes/churn",
        """
        {"kind": "value", "facet": "intent", "category": "pd:Interest", "sensitivity": "low",
         "schema": {"type": "string"}, "retentionDays": 30,
         "analytics": {"keys": ["high"]}}\
        """);
    vault.register(
        "/v1/analytics/budgets/" + PERSONALISATION + "/shop", "{\"rho\": 10, \"delta\": 0}");
    String until = Instant.parse(vault.observedNow()).plus(Duration.ofHours(1)).toString();
    for (int i = 100; i < 120; i++) {
      String number = String.valueOf(i);
      vault.write(number, "country", "\"" + CANARY + "\"");
      String customer = vault.customer("customer_number:" + i);
      String consent = "/v1/me/consents/" + PERSONALISATION;
      ok(vault.put(customer, consent + "/shop", ""));
      ok(vault.put(customer, consent + "/brain", "{\"expires\": \"" + until + "\"}"));
      JsonNode report =
          derive(number, "churn", "country", quoted(PERSONALISATION), vault.observedNow(), "high");
      assertThat(report.path("kept").intValue()).isEqualTo(1);
    }
    assertThat(counted()).isBetween(12.0, 28.0);
    vault.advance(Duration.ofHours(2));
    assertThat(counted()).isBetween(-8.0, 8.0);
  }

  private double counted() {
    String question =
        """
        {"purpose": "%s", "population": "shop", "measure": "count",
         "where": [{"attribute": "churn", "is": ["high"]}], "budget": {"rho": 0.5}}\
        """
            .formatted(PERSONALISATION);
    String ana = vault.token(Role.ANALYST, "ana");
    return ok(vault.post(ana, "/v1/analytics/queries", question, Map.of()))
        .body()
        .at("/cells/0/value")
        .doubleValue();
  }

  @Test
  void consentGivenAgainBeforeItExpires_isTheSameConsent() {
    String until = Instant.parse(vault.observedNow()).plus(Duration.ofHours(2)).toString();
    grant(PERSONALISATION, "brain", "{\"expires\": \"" + until + "\"}");
    derived("churn", "country", quoted(PERSONALISATION));
    vault.advance(Duration.ofHours(1));
    grant(PERSONALISATION, "brain", "");
    vault.advance(Duration.ofHours(5));
    assertThat(served("churn")).isTrue();
  }

  @Test
  void chain_endsWithTheConsentOfItsFirstLink() {
    grant(PERSONALISATION, "brain", "");
    grant(RECOMMENDATIONS, "brain", "");
    derived("churn", "country", quoted(RECOMMENDATIONS));
    derived("taste", "churn", quoted(PERSONALISATION));
    assertThat(served("taste")).isTrue();
    withdraw(RECOMMENDATIONS, "brain");
    assertThat(served("churn")).isFalse();
    assertThat(served("taste")).isFalse();
    assertThat(removals().getFirst().path("removed").toString())
        .isEqualTo("[\"pd:Interest*1\",\"pd:Preference*1\"]");
  }

  @Test
  void chain_endsAlso_whenItsMiddleWasReplaced() {
    grant(PERSONALISATION, "brain", "");
    grant(RECOMMENDATIONS, "brain", "");
    derived("churn", "country", quoted(RECOMMENDATIONS));
    derived("taste", "churn", quoted(PERSONALISATION));
    String line =
        "{\"customer\": {\"customer_number\": \"1\"}, \"attribute\": \"churn\", \"observed\": \""
            + vault.observedNow()
            + "\", \"value\": \"x\"}";
    String brain = vault.token(Role.SOURCE, "brain");
    ok(vault.post(brain, "/v1/ingest", line, Map.of("Idempotency-Key", "k")));
    withdraw(RECOMMENDATIONS, "brain");
    assertThat(served("churn")).isTrue();
    assertThat(served("taste")).isFalse();
  }

  @Test
  void valueWithTwoConsents_staysUntilBothEnd() {
    grant(PERSONALISATION, "brain", "");
    grant(RECOMMENDATIONS, "brain", "");
    derived("churn", "country", "[\"" + PERSONALISATION + "\", \"" + RECOMMENDATIONS + "\"]");
    withdraw(RECOMMENDATIONS, "brain");
    assertThat(served("churn")).isTrue();
    withdraw(PERSONALISATION, "brain");
    assertThat(served("churn")).isFalse();
  }

  @Test
  void groundWithoutConsent_endsWithAnObjection() {
    derived("churn", "country", quoted(CARE));
    assertThat(served("churn")).isTrue();
    ok(vault.put(ann(), "/v1/me/objections/" + CARE, ""));
    assertThat(served("churn")).isFalse();
    ok(vault.delete(ann(), "/v1/me/objections/" + CARE));
    assertThat(served("churn")).isFalse();
  }

  /** Checks an objection where one of the purposes rests on a legal obligation. */
  @Test
  void aLegalObligation_outlivesAnObjection() {
    derived("churn", "country", quoted(CARE));
    vault
        .vault()
        .db()
        .inWrite(c -> Sql.update(c, "UPDATE derivation_ground SET basis = 'eu-gdpr:A6-1-c'"));
    ok(vault.put(ann(), "/v1/me/objections/" + CARE, ""));
    assertThat(served("churn")).isTrue();
  }

  @Test
  void correction_removesValuesDerivedFromIt_andTheSourceLearnsWhatToDeriveAnew() {
    String worked = vault.observedNow();
    derived("churn", "country", quoted(CARE));
    vault.advance(Duration.ofSeconds(1));
    grant(PERSONALISATION, "brain", "");
    derived("taste", "churn", quoted(PERSONALISATION));
    vault.advance(Duration.ofSeconds(1));
    ok(vault.put(ann(), "/v1/me/attributes/country", "{\"value\": \"" + CANARY + "stan\"}"));
    assertThat(served("churn")).isFalse();
    assertThat(served("taste")).isFalse();
    assertThat(removals().getFirst().path("action").asText()).isEqualTo("derived-outdated");
    JsonNode anew = ok(vault.get(vault.token(Role.SOURCE, "brain"), "/v1/ingest/recompute")).body();
    assertThat(anew.path("recompute").valueStream().map(n -> n.path("attribute").asText()))
        .containsExactly("churn", "taste");
    assertThat(ok(vault.get(vault.token(Role.SOURCE, "crm"), "/v1/ingest/recompute")).body())
        .hasToString("{\"recompute\":[]}");
    JsonNode late = derive("1", "churn", "country", quoted(CARE), worked);
    assertThat(late.path("kept").intValue()).isZero();
    derived("churn", "country", quoted(CARE));
    assertThat(served("churn")).isTrue();
  }

  @Test
  void laterConsent_isNoGroundForAnEarlierDerivation() {
    grant(PERSONALISATION, "brain", "");
    String worked = vault.observedNow();
    vault.advance(Duration.ofSeconds(1));
    withdraw(PERSONALISATION, "brain");
    vault.advance(Duration.ofSeconds(1));
    grant(PERSONALISATION, "brain", "");
    JsonNode report = derive("1", "churn", "country", quoted(PERSONALISATION), worked);
    assertThat(report.path("kept").intValue()).isZero();
  }

  @Test
  void refusal_revealsNothingAboutTheCustomer_andEnrolsNone() {
    long customers = rows("subject");
    JsonNode noConsent = derive("churn", "country", quoted(PERSONALISATION)).path("refused");
    grant(PERSONALISATION, "brain", "");
    JsonNode notHeld = derive("churn", "health_note", quoted(PERSONALISATION)).path("refused");
    JsonNode special = derive("churn", "income", quoted(PERSONALISATION)).path("refused");
    JsonNode unknown =
        derive("77", "churn", "country", quoted(PERSONALISATION), vault.observedNow())
            .path("refused");
    ok(vault.send(ann(), "PUT", "/v1/me/restriction", "", Map.of()));
    JsonNode restricted = derive("churn", "country", quoted(PERSONALISATION)).path("refused");
    assertThat(List.of(notHeld, special, unknown, restricted)).containsOnly(noConsent);
    assertThat(noConsent.get(0).path("code").asText()).isEqualTo("derivation_not_permitted");
    assertThat(rows("subject")).isEqualTo(customers);
    JsonNode unregistered = derive("churn", "country", quoted("dpv:DirectMarketing"));
    assertThat(unregistered.at("/refused/0/detail").asText()).contains("PURPOSE_NOT_REGISTERED");
  }

  @Test
  void restrictedCustomer_keepsTheirDerivedValues() {
    grant(PERSONALISATION, "brain", "");
    derived("churn", "country", quoted(PERSONALISATION));
    ok(vault.send(ann(), "PUT", "/v1/me/restriction", "", Map.of()));
    vault.vault().derived().sweep();
    assertThat(ok(vault.get(ann(), "/v1/me")).body().path("values").has("churn")).isTrue();
    ok(vault.delete(ann(), "/v1/me/restriction"));
    assertThat(served("churn")).isTrue();
  }

  @Test
  void malformedDerivation_isRefusedWithTheFieldAtFault() {
    String good =
        "{\"from\": [\"country\"], \"rule\": \"churn.v3\", \"purpose\": \"dpv:CustomerCare\","
            + " \"kind\": \"derived\"}";
    for (String[] spoil :
        new String[][] {
          {"[\"country\"]", "[]"},
          {"[\"country\"]", "[\"churn\"]"},
          {"[\"country\"]", "\"country\""},
          {"[\"country\"]", "[1]"},
          {"churn.v3", "Ann Smith"},
          {"churn.v3", "0151234567.v1"},
          {"\"dpv:CustomerCare\"", "\"dpv:Nonsense\""},
          {"\"dpv:CustomerCare\"", "[]"},
          {"\"dpv:CustomerCare\"", "7"},
          {"\"derived\"", "\"guessed\""},
          {"\"derived\"", "\"derived\", \"more\": 1"},
          {good, "[]"},
          {good, "null"}
        }) {
      String line =
          "{\"customer\": {\"customer_number\": \"1\"}, \"attribute\": \"churn\", \"observed\": \""
              + vault.observedNow()
              + "\", \"value\": \"x\", \"derived\": "
              + good.replace(spoil[0], spoil[1])
              + "}";
      JsonNode report =
          ok(vault.post(
                  vault.token(Role.SOURCE, "brain"),
                  "/v1/ingest",
                  line,
                  Map.of("Idempotency-Key", UUID.randomUUID().toString())))
              .body();
      assertThat(report.path("kept").intValue()).as(line).isZero();
      assertThat(report.at("/refused/0/code").asText())
          .isIn("invalid_field", "unknown_field", "unknown_purpose");
      assertThat(report.toString()).doesNotContain("Smith", "0151234567", "guessed");
    }
  }
}
