package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics and the policy: refusals before any charge, and effects of policy changes. */
final class AnalyticsPolicyIT {
  private static final String USAGE = "dpv:ServiceUsageAnalytics";
  private static final String PERSONAL = "dpv:ServicePersonalisation";

  @TempDir Path dir;

  private TestVault furnished(Map<String, String> settings) {
    TestVault vault = TestVault.furnished(dir, settings);
    vault.register(
        "/v1/apps/shop",
        "{\"name\": \"Shop\", \"facets\": [], \"purposes\": [\"%s\", \"%s\"]}"
            .formatted(USAGE, PERSONAL));
    spend(vault, 100);
    for (String purpose : List.of(USAGE, PERSONAL)) {
      vault.register(
          "/v1/analytics/budgets/" + purpose + "/shop", "{\"rho\": 10, \"delta\": 0.00001}");
    }
    return vault;
  }

  private static void spend(TestVault vault, int upper) {
    vault.register(
        "/v1/attributes/spend",
        """
        {"kind": "value", "facet": "behaviour", "category": "pd:PurchasesAndSpendingHabit",
         "sensitivity": "low", "schema": {"type": "number"}, "retentionDays": 3650,
         "analytics": {"lower": 0, "upper": %d, "step": 1, "unit": "EUR"}}\
        """
            .formatted(upper));
  }

  private static String sum(String purpose) {
    return question(purpose, "\"measure\": \"sum\", \"attribute\": \"spend\"");
  }

  private static String question(String purpose, String rest) {
    return "{\"purpose\": \"%s\", \"population\": \"shop\", %s, \"budget\": {\"rho\": 0.1}}"
        .formatted(purpose, rest);
  }

  private static Answered ask(TestVault vault, String question) {
    return post(vault, "queries", question);
  }

  private static Answered post(TestVault vault, String what, String question) {
    return vault.post(
        vault.token(Role.ANALYST, "ana"), "/v1/analytics/" + what, question, Map.of());
  }

  private static String spent(TestVault vault, String purpose) {
    JsonNode budgets =
        ok(vault.get(vault.token(Role.ANALYST, "ana"), "/v1/analytics/budget")).body();
    for (JsonNode budget : budgets.get("budgets")) {
      if (budget.get("purpose").textValue().equals(purpose)) {
        return budget.at("/spent/rho").decimalValue().toPlainString();
      }
    }
    throw new AssertionError("No budget for " + purpose);
  }

  /** Checks the refusal where no customer could be counted and the answer would be costly noise. */
  @Test
  void aStatisticOverAMaskedAttribute_isRefusedWithoutACharge_andTheEstimateNamesTheMask() {
    try (TestVault vault = furnished(Map.of())) {
      for (String rest :
          List.of(
              "\"measure\": \"sum\", \"attribute\": \"spend\"",
              "\"measure\": \"count\", \"attribute\": \"spend\"",
              "\"measure\": \"count\", \"where\": [{\"attribute\": \"spend\", \"from\": 7}]")) {
        Answered refused = ask(vault, question(PERSONAL, rest));
        assertThat(refused.status()).as(rest).isEqualTo(403);
        assertThat(refused.body().get("code").textValue()).isEqualTo("not_permitted");
        assertThat(refused.body().at("/reasons/0").textValue()).isEqualTo("ATTRIBUTE_MASKED");
        assertMasked(refused.body().at("/masked/0"));

        JsonNode estimate = ok(post(vault, "estimate", question(PERSONAL, rest))).body();
        assertThat(estimate.at("/warnings/0/code").textValue()).isEqualTo("not_permitted");
        assertThat(estimate.at("/warnings/1/code").textValue()).isEqualTo("attribute_masked");
        assertMasked(estimate.at("/warnings/1"));
      }
      assertThat(spent(vault, PERSONAL)).isEqualTo("0");
      // The same attribute in clear, and the same purpose without it.
      assertThat(ok(post(vault, "estimate", sum(USAGE))).body().findValuesAsText("code"))
          .doesNotContain("not_permitted", "attribute_masked");
      ok(ask(vault, sum(USAGE)));
      ok(ask(vault, question(PERSONAL, "\"measure\": \"count\"")));
    }
  }

  private static void assertMasked(JsonNode masked) {
    assertThat(masked.get("attribute").textValue()).isEqualTo("spend");
    assertThat(masked.get("category").textValue()).isEqualTo("pd:PurchasesAndSpendingHabit");
    assertThat(masked.get("mask").textValue()).isEqualTo("ROUND_HUNDRED");
  }

  @Test
  void anAnswerUnderTheOldPolicy_isNotReusedUnderTheNewOne() {
    try (TestVault vault = furnished(Map.of())) {
      String count = question(USAGE, "\"measure\": \"count\"");
      ok(ask(vault, sum(USAGE)));
      ok(ask(vault, count));
      assertThat(ok(ask(vault, sum(USAGE))).body().get("replayed").booleanValue()).isTrue();

      change(vault, USAGE, "{\"max_age_days\": 90}");

      assertThat(ok(ask(vault, sum(USAGE))).body().get("replayed").booleanValue()).isFalse();
      assertThat(ok(ask(vault, count)).body().get("replayed").booleanValue()).isFalse();
      assertThat(spent(vault, USAGE)).isEqualTo("0.4");

      change(vault, USAGE, "{\"masks\": {\"pd:PurchasesAndSpendingHabit\": \"REDACT\"}}");

      assertThat(ask(vault, sum(USAGE)).body().at("/masked/0/mask").textValue())
          .isEqualTo("REDACT");
      assertThat(spent(vault, USAGE)).isEqualTo("0.4");
    }
  }

  private static void change(TestVault vault, String purpose, String terms) {
    Answered proposed =
        vault.post(
            vault.token(Role.OPERATOR, "olga"),
            "/v1/policy/changes",
            "{\"reason\": \"Shorter\", \"patch\": {\"purposes\": {\"%s\": %s}}}"
                .formatted(purpose, terms),
            Map.of());
    ok(
        vault.post(
            vault.token(Role.OPERATOR, "otto"),
            "/v1/policy/changes/" + ok(proposed).body().path("id").asText() + "/approve",
            "",
            Map.of()));
  }

  @Test
  void anAnswerUnderAnEarlierRegistration_isNotReused() {
    try (TestVault vault = furnished(Map.of())) {
      String filtered =
          question(
              USAGE,
              "\"measure\": \"count\", \"where\": [{\"attribute\": \"spend\", \"from\": 7,"
                  + " \"below\": 9}]");
      ok(ask(vault, filtered));
      assertThat(ok(ask(vault, filtered)).body().get("replayed").booleanValue()).isTrue();

      spend(vault, 50);

      assertThat(ok(ask(vault, filtered)).body().get("replayed").booleanValue()).isFalse();
    }
  }

  /** A server's digests are unknown, but its revision and its decision are known. */
  @Test
  void anAnswerPermittedByAPolicyServer_isNotReusedAfterItMasksTheAttribute() throws Exception {
    try (PolicyServer server = new PolicyServer(Optional.empty());
        TestVault vault =
            furnished(Map.of("CONTEXTKEEP_POLICY_SERVER", "http://127.0.0.1:" + server.port()))) {
      ok(ask(vault, sum(USAGE)));
      assertThat(ok(ask(vault, sum(USAGE))).body().get("replayed").booleanValue()).isTrue();

      server.says(
          200,
          "application/json",
          PolicyServer.answer(
              """
              {"allow": true, "reasons": [], "basis": "eu-gdpr:A6-1-a", "consents": [], "ttl_s": 1,
               "max_age_days": 7, "obligations": [],
               "attributes": {"spend": {"release": "clear"}}}\
              """));

      assertThat(ok(ask(vault, sum(USAGE))).body().get("replayed").booleanValue()).isFalse();
    }
  }
}
