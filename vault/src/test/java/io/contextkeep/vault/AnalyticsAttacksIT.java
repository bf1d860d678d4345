package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attacks of an analyst on one person over HTTP, and their limited success. Each answer is pure ε =
 * 1/10, so a guess whether a person is in the data is right at most {@code e^ε / (1 + e^ε)} of the
 * time for each, independent of the attacker's other knowledge.
 */
final class AnalyticsAttacksIT {
  private static final String PURPOSE = "dpv:ServiceUsageAnalytics";

  @TempDir Path dir;
  private TestVault vault;
  private String ana;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.register(
        "/v1/attributes/country",
        """
        {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
         "schema": {"type": "string"}, "retentionDays": 3650,
         "analytics": {"keys": ["France", "Spain"]}}\
        """);
    vault.register(
        "/v1/apps/shop",
        "{\"name\": \"Shop\", \"facets\": [], \"purposes\": [\"" + PURPOSE + "\"]}");
    budget(10);
    for (int i = 0; i < 30; i++) {
      vault.write("C" + i, "country", i < 29 ? "\"France\"" : "\"Spain\"");
      ok(
          vault.put(
              vault.customer("customer_number:C" + i), "/v1/me/consents/" + PURPOSE + "/shop", ""));
    }
    ana = vault.token(Role.ANALYST, "ana");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void budget(double rho) {
    vault.register(
        "/v1/analytics/budgets/" + PURPOSE + "/shop", "{\"rho\": " + rho + ", \"delta\": 0}");
  }

  /** Counts the customers of the countries, at pure 1/10 and a little more for each variation. */
  private JsonNode count(String countries, int variation) {
    return vault
        .post(
            ana,
            "/v1/analytics/queries",
            """
            {"purpose": "%s", "population": "shop", "measure": "count",
             "where": [{"attribute": "country", "is": [%s]}], "budget": {"epsilon": 0.1%05d}}\
            """
                .formatted(PURPOSE, countries, variation),
            Map.of("Idempotency-Key", UUID.randomUUID().toString()))
        .body();
  }

  private static long value(JsonNode answer) {
    return answer.at("/cells/0/value").longValue();
  }

  /** Counts all customers but one, and all: without noise the difference is that customer. */
  @Test
  void differencing_revealsNoMoreThanChance() {
    int right = 0;
    for (int i = 0; i < 20; i++) {
      long all = value(count("\"France\", \"Spain\"", 2 * i));
      long others = value(count("\"France\"", 2 * i + 1));
      right += all - others == 1 ? 1 : 0;
    }
    // The difference of two Laplace draws of scale 10 is any one number one time in forty.
    assertThat(right).isLessThan(8);
  }

  @Test
  void averagingTheSameQuestion_inAnySpelling_givesTheSameNumber() {
    Set<Long> answers = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      answers.add(value(count(i % 2 == 0 ? "\"Spain\", \"France\"" : "\"France\", \"Spain\"", 0)));
    }
    assertThat(answers).hasSize(1);
  }

  /**
   * Repeats the question in each hour, or with a slightly different budget: each draw is charged.
   */
  @Test
  void averagingNewDraws_endsWithTheBudget() {
    budget(0.05);
    List<Long> draws = new ArrayList<>();
    JsonNode last = count("\"Spain\"", 0);
    while (last.path("status").intValue() != 403 && draws.size() < 50) {
      draws.add(value(last));
      vault.advance(Duration.ofHours(1));
      ana = vault.token(Role.ANALYST, "ana");
      last = count("\"Spain\"", draws.size());
    }
    assertThat(last.path("code").textValue()).isEqualTo("budget_exhausted");
    // ρ = 0.05 is ten draws of 1/200, give or take the last digits: their mean is good to ±4.5.
    assertThat(draws).hasSizeBetween(8, 10);
  }

  /** Makes the best test of one answer: is it nearer to one or to none? */
  @Test
  void membership_isGuessedLittleBetterThanByChance() {
    int right = 0;
    int guesses = 20;
    for (int i = 0; i < guesses; i++) {
      right += value(count("\"Spain\"", 100 + i)) >= 1 ? 1 : 0;
    }
    // At most 52.5 % by ε = 1/10 each; four standard errors more for chance.
    assertThat(right / (double) guesses).isLessThan(0.525 + 4 * 0.5 / Math.sqrt(guesses));
  }
}
