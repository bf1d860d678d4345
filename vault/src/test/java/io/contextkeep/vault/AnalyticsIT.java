package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.Vocabulary;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.jena.sparql.core.Quad;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics over HTTP: answers, charges, and their limits. */
@Order(1)
final class AnalyticsIT {
  private static final String PURPOSE = "dpv:ServiceUsageAnalytics";

  /**
   * A budget as exact as the policy allows: σ = 1 for a count, so that five and twenty can be told
   * apart.
   */
  private static final String COUNT =
      """
      {"purpose": "dpv:ServiceUsageAnalytics", "population": "shop", "measure": "count",
       "budget": {"rho": 0.5}}\
      """;

  @TempDir Path dir;
  private TestVault vault;
  private String ana;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.register(
        "/v1/apps/shop",
        """
        {"name": "Shop", "facets": [],
         "purposes": ["dpv:ServicePersonalisation", "dpv:ServiceUsageAnalytics"]}\
        """);
    attribute(
        "country",
        "value",
        "pd:Country",
        "string",
        "{\"keys\": [\"France\", \"Spain\"], \"privateKeys\": true}");
    attribute(
        "spend",
        "value",
        "pd:PurchasesAndSpendingHabit",
        "number",
        "{\"lower\": 0, \"upper\": 100, \"step\": 0.01, \"unit\": \"EUR\"}");
    attribute(
        "purchase",
        "event",
        "pd:Purchase",
        "object",
        "{\"member\": \"amount\", \"lower\": 0, \"upper\": 50, \"step\": 1, \"unit\": \"EUR\","
            + " \"perCustomer\": 3}");
    budget(100, "{}");
    ana = vault.token(Role.ANALYST, "ana");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void attribute(String name, String kind, String category, String type, String analytics) {
    vault.register(
        "/v1/attributes/" + name,
        """
        {"kind": "%s", "facet": "behaviour", "category": "%s", "sensitivity": "low",
         "schema": {"type": "%s"}, "retentionDays": 3650, "analytics": %s}\
        """
            .formatted(kind, category, type, analytics));
  }

  private void budget(double rho, String shares) {
    vault.register(
        "/v1/analytics/budgets/" + PURPOSE + "/shop",
        "{\"rho\": %s, \"delta\": 0.00001, \"shares\": %s}".formatted(rho, shares));
  }

  private Answered ask(String question) {
    return ask(ana, question);
  }

  private Answered ask(String token, String question) {
    return vault.post(token, "/v1/analytics/queries", question, Map.of());
  }

  private static double value(Answered answered) {
    return ok(answered).body().at("/cells/0/value").doubleValue();
  }

  /** Adds that many customers with a country, spending and purchases. */
  private void customers(int from, int to, String country, double spend) {
    List<String> lines = new ArrayList<>();
    for (int i = from; i < to; i++) {
      String customer =
          "{\"customer\": {\"customer_number\": \"C"
              + i
              + "\"}, \"observed\": \""
              + vault.observedNow()
              + "\", ";
      lines.add(customer + "\"attribute\": \"country\", \"value\": \"" + country + "\"}");
      lines.add(customer + "\"attribute\": \"spend\", \"value\": " + spend + "}");
      for (int k = 0; k < 5; k++) {
        lines.add(
            customer
                + "\"event\": \"purchase\", \"id\": \"p"
                + k
                + "\", \"value\": {\"amount\": 20, \"note\": \"Zq7canary\"}}");
      }
    }
    Answered answered =
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            String.join("\n", lines),
            Map.of("Idempotency-Key", UUID.randomUUID().toString()));
    assertThat(answered.body().path("kept").intValue()).isEqualTo(lines.size());
  }

  private void consent(int from, int to) {
    for (int i = from; i < to; i++) {
      ok(
          vault.put(
              vault.customer("customer_number:C" + i), "/v1/me/consents/" + PURPOSE + "/shop", ""));
    }
  }

  @Test
  void onlyConsentingCustomers_areCounted() {
    customers(0, 40, "France", 10);
    consent(0, 20);

    JsonNode body = ok(ask(COUNT)).body();

    // σ = 1: seven of it are missed once in 4·10¹¹ times.
    assertThat(body.at("/cells/0/value").doubleValue()).isBetween(13.0, 27.0);
    assertThat(body.get("unit").textValue()).isEqualTo("customers");
    assertThat(body.get("mechanism").textValue()).isEqualTo("discrete-gaussian");
    assertThat(body.get("variance").textValue()).isEqualTo("1");
    assertThat(
            body.at("/cells/0/interval/upper").doubleValue()
                - body.at("/cells/0/value").doubleValue())
        .isEqualTo(2);
    assertThat(body.at("/cost/rho").decimalValue()).isEqualByComparingTo("0.5");
    assertThat(body.at("/budget/remaining/rho").decimalValue()).isEqualByComparingTo("99.5");
    assertThat(body.at("/budget/furtherSuchQueries").longValue()).isEqualTo(199);
    assertThat(body.get("replayed").booleanValue()).isFalse();
  }

  @Test
  void withdrawnRestrictedObjectingAndErasedCustomers_areNotInTheNextEpoch() {
    customers(0, 40, "France", 10);
    consent(0, 40);
    for (int i = 0; i < 10; i++) {
      vault.delete(vault.customer("customer_number:C" + i), "/v1/me/consents/" + PURPOSE + "/shop");
      vault.put(vault.customer("customer_number:C" + (i + 10)), "/v1/me/restriction", "");
      vault.put(vault.customer("customer_number:C" + (i + 20)), "/v1/me/objections/" + PURPOSE, "");
    }
    vault.delete(vault.customer("customer_number:C30"), "/v1/me");
    vault.advance(Duration.ofHours(1));

    assertThat(value(ask(COUNT))).isBetween(2.0, 16.0);
  }

  @Test
  void aRepeatedQuestionInTheSameHour_hasTheSameAnswerFree_inAnySpelling() {
    customers(0, 10, "France", 10);
    consent(0, 10);
    String one =
        """
        {"purpose": "dpv:ServiceUsageAnalytics", "population": "shop", "measure": "count",
         "where": [{"attribute": "country", "is": ["Spain", "France"]},
                   {"attribute": "spend", "from": 1, "below": 50}],
         "budget": {"rho": 0.1}}\
        """;
    String other =
        """
        {"budget": {"rho": 0.100}, "measure": "count",
         "where": [{"attribute": "spend", "below": 50.0, "from": 1.00},
                   {"is": ["France", "Spain", "France"], "attribute": "country"}],
         "population": "shop", "purpose": "https://w3id.org/dpv#ServiceUsageAnalytics"}\
        """;

    JsonNode first = ok(ask(one)).body();
    JsonNode again = ok(ask(vault.token(Role.ANALYST, "bob"), other)).body();

    assertThat(again.get("cells")).isEqualTo(first.get("cells"));
    assertThat(again.get("replayed").booleanValue()).isTrue();
    assertThat(again.at("/budget/spent/rho").decimalValue()).isEqualByComparingTo("0.1");
    vault.advance(Duration.ofHours(1));
    assertThat(ok(ask(one)).body().at("/budget/spent/rho").decimalValue())
        .isEqualByComparingTo("0.2");
  }

  /**
   * Checks that it neither draws anew nor refunds: two answers for one hour would reduce the noise.
   */
  @Test
  void aClockThatStepsBack_repeatsTheAnswerOfThatHour_andRefundsNothing() {
    customers(1, 11, "France", 10);
    consent(1, 11);
    JsonNode first = ok(ask(COUNT)).body();
    vault.advance(Duration.ofHours(-2));
    assertSame(first, ok(ask(COUNT)).body(), "0.5");
    vault.restart();
    assertSame(first, ok(ask(COUNT)).body(), "0.5");
    vault.advance(Duration.ofHours(2));
    Duration ahead = Duration.ofDays(400);
    vault.advance(ahead);
    ana = vault.token(Role.ANALYST, "ana");
    JsonNode later = ok(ask(COUNT)).body();
    assertThat(later.get("replayed").booleanValue()).isFalse();
    vault.advance(ahead.negated());
    ana = vault.token(Role.ANALYST, "ana");
    assertSame(first, ok(ask(COUNT)).body(), "1.0");
  }

  private static void assertSame(JsonNode first, JsonNode again, String spent) {
    assertThat(again.get("cells")).isEqualTo(first.get("cells"));
    assertThat(again.get("replayed").booleanValue()).isTrue();
    assertThat(again.at("/budget/spent/rho").decimalValue()).isEqualByComparingTo(spent);
  }

  @Test
  void sumsMeansVariancesQuantilesAndHistograms_areNearTheTruth() {
    customers(0, 200, "France", 10);
    customers(200, 400, "Spain", 30);
    consent(0, 400);
    String start =
        "{\"purpose\": \""
            + PURPOSE
            + "\", \"population\": \"shop\", \"attribute\": \"spend\","
            + " \"budget\": {\"rho\": 0.5}, \"bounds\": {\"upper\": 40}, \"measure\": ";

    JsonNode sum = ok(ask(start + "\"sum\"}")).body();
    assertThat(sum.get("unit").textValue()).isEqualTo("EUR");
    assertThat(sum.at("/cells/0/value").doubleValue()).isBetween(7_600.0, 8_400.0);
    assertThat(value(ask(start + "\"mean\"}"))).isBetween(18.0, 22.0);
    assertThat(value(ask(start + "\"variance\"}"))).isBetween(60.0, 140.0);
    assertThat(value(ask(start + "\"quantile\", \"quantile\": 0.25}"))).isBetween(8.0, 12.0);
    JsonNode bins = ok(ask(start + "\"histogram\", \"bins\": 4}")).body().at("/cells/0/bins");
    assertThat(bins).hasSize(4);
    assertThat(bins.get(1).get("value").doubleValue()).isBetween(190.0, 210.0);
    assertThat(bins.get(3).get("value").doubleValue()).isBetween(190.0, 210.0);
    assertThat(bins.get(0).get("value").doubleValue()).isBetween(-10.0, 10.0);
  }

  /** Checks that values are clamped and rounded before a filter sees them. */
  @Test
  void filtersAndSums_useTheSameNumbers() {
    attribute(
        "score",
        "value",
        "pd:PurchasesAndSpendingHabit",
        "number",
        "{\"lower\": 0, \"upper\": 100, \"step\": 1, \"unit\": \"points\"}");
    scores(0, 120, "150");
    scores(120, 160, "49.6");
    scores(160, 200, "-5");
    consent(0, 200);

    assertThat(value(ask(whereScore("\"from\": 50")))).isBetween(153.0, 167.0);
    assertThat(value(ask(whereScore("\"from\": 49.5, \"below\": 100")))).isBetween(33.0, 47.0);
    assertThat(value(ask(whereScore("\"from\": 0, \"below\": 0.5")))).isBetween(33.0, 47.0);
    JsonNode all = ok(ask(whereScore(""))).body();
    assertThat(all.at("/cells/0/value").doubleValue()).isBetween(193.0, 207.0);
    // The same filter, spelled with other limits.
    JsonNode again = ok(ask(whereScore("\"from\": -7.5, \"below\": 1e9"))).body();
    assertThat(again.get("replayed").booleanValue()).isTrue();
    assertThat(again.get("cells")).isEqualTo(all.get("cells"));
    for (String empty : List.of("\"from\": 100.5", "\"below\": -1", "\"from\": 7, \"below\": 7")) {
      Answered refused = ask(whereScore(empty));
      assertThat(refused.status()).as(empty).isEqualTo(400);
      assertThat(refused.body().path("code").textValue()).isEqualTo("invalid_filter");
      assertThat(refused.body().path("detail").textValue()).contains("'score'", "0 to 100");
    }
  }

  private void scores(int from, int to, String value) {
    for (int i = from; i < to; i++) {
      vault.write("C" + i, "score", value);
    }
  }

  private static String whereScore(String limits) {
    return COUNT.replace(
        "\"budget\"",
        "\"where\": [{\"attribute\": \"score\""
            + (limits.isEmpty() ? "" : ", " + limits)
            + "}], \"budget\"");
  }

  @Test
  void eventsOfOneCustomer_countUpToTheCataloguesLimit() {
    customers(0, 100, "France", 10);
    consent(0, 100);
    String from = vault.clock().instant().minus(Duration.ofDays(2)).toString();
    String until = vault.clock().instant().plus(Duration.ofDays(2)).toString();
    String start =
        "{\"purpose\": \""
            + PURPOSE
            + "\", \"population\": \"shop\", \"attribute\": \"purchase\","
            + " \"budget\": {\"rho\": 0.5}, \"from\": \""
            + from
            + "\", \"until\": \""
            + until
            + "\", \"measure\": ";

    // Each has five; three count.
    assertThat(value(ask(start + "\"count\"}"))).isBetween(275.0, 325.0);
    assertThat(value(ask(start + "\"count\", \"perCustomer\": 1}"))).isBetween(93.0, 107.0);
    assertThat(value(ask(start + "\"sum\"}"))).isBetween(4_800.0, 7_200.0);
    JsonNode series =
        ok(ask(start + "\"count\", \"every\": \"day\"}")).body().at("/cells/0/series");
    assertThat(series).hasSize(5);
    assertThat(series.get(2).get("value").doubleValue()).isBetween(275.0, 325.0);
    assertThat(series.get(0).get("value").doubleValue()).isBetween(-25.0, 25.0);
  }

  @Test
  void publicKeysAreAllShown_andPrivateKeysOnlyIfManyShareThem() {
    customers(0, 60, "France", 10);
    customers(60, 61, "Zq7canary", 10);
    consent(0, 61);
    String start =
        "{\"purpose\": \""
            + PURPOSE
            + "\", \"population\": \"shop\", \"measure\": \"count\","
            + " \"budget\": {\"rho\": 0.5}, \"groupBy\": [{\"attribute\": \"country\"";

    JsonNode open = ok(ask(start + "}]}")).body().get("cells");
    assertThat(open).hasSize(2);
    assertThat(open.get(0).at("/key/country").textValue()).isEqualTo("France");
    assertThat(open.get(1).get("value").doubleValue()).isBetween(-7.0, 7.0);
    JsonNode body = ok(ask(start + ", \"keys\": \"threshold\"}]}")).body();
    assertThat(body.get("threshold").longValue()).isEqualTo(7);
    assertThat(body.get("cells")).hasSize(1);
    assertThat(body.at("/cost/delta").decimalValue()).isEqualByComparingTo("0.0000001");
  }

  @Test
  void aQuestionBeyondTheBudget_isRefused_withTheRemainder() {
    budget(0.6, "{}");
    ok(ask(COUNT));
    Answered refused = ask(COUNT.replace("0.5", "0.2"));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body().get("code").textValue()).isEqualTo("budget_exhausted");
    assertThat(refused.body().at("/budget/remaining/rho").decimalValue())
        .isEqualByComparingTo("0.1");
    assertThat(ask(vault.token(Role.ANALYST, "bob"), COUNT.replace("0.5", "0.2")).status())
        .isEqualTo(403);
    assertThat(ask(COUNT.replace("0.5", "0.1")).status()).isEqualTo(200);
  }

  @Test
  void anEstimate_equalsTheLaterCost_andSpendsNothing() {
    JsonNode estimate = ok(vault.post(ana, "/v1/analytics/estimate", COUNT, Map.of())).body();
    assertThat(estimate.at("/budget/spent/rho").decimalValue()).isEqualByComparingTo("0");
    assertThat(estimate.get("expectedError").intValue()).isEqualTo(2);

    JsonNode answer = ok(ask(COUNT)).body();
    assertThat(answer.get("cost")).isEqualTo(estimate.get("cost"));
    assertThat(answer.get("variance")).isEqualTo(estimate.get("variance"));
  }

  /** Checks that warnings about small populations use released counts, never data. */
  @Test
  void anEstimate_warnsIfTheNoiseExceedsTheRangeOfTheAnswer() {
    String mean =
        COUNT.replace("\"count\"", "\"mean\", \"attribute\": \"spend\"").replace("0.5", "0.001");
    JsonNode unknown = estimated(mean);
    assertThat(unknown.get("customersNeeded").longValue()).isGreaterThan(100);
    assertThat(unknown.at("/warnings/0/code").textValue()).isEqualTo("population_unknown");

    customers(0, 60, "France", 10);
    consent(0, 60);
    assertThat(estimated(mean)).isEqualTo(unknown);
    ok(ask(COUNT));
    JsonNode small = estimated(mean);
    assertThat(small.at("/warnings/0/code").textValue()).isEqualTo("noise_larger_than_range");
    assertThat(estimated(mean.replace("0.001", "0.5")).at("/warnings/0/code").textValue())
        .isEqualTo("population_small");
    JsonNode exact = estimated(COUNT);
    assertThat(exact.get("customersNeeded").longValue()).isEqualTo(4);
    assertThat(exact.get("warnings")).isEmpty();
  }

  private JsonNode estimated(String question) {
    return ok(vault.post(ana, "/v1/analytics/estimate", question, Map.of())).body();
  }

  @Test
  void aRequestedError_isMet() {
    JsonNode answer = ok(ask(COUNT.replace("{\"rho\": 0.5}", "{\"error\": 20}"))).body();
    assertThat(answer.get("expectedError").intValue()).isBetween(19, 20);
  }

  @Test
  void pureEpsilon_isLaplaceNoise() {
    JsonNode answer = ok(ask(COUNT.replace("{\"rho\": 0.5}", "{\"epsilon\": 0.1}"))).body();
    assertThat(answer.get("mechanism").textValue()).isEqualTo("discrete-laplace");
    assertThat(answer.get("scale").textValue()).isEqualTo("10");
    assertThat(answer.at("/cost/rho").decimalValue()).isEqualByComparingTo("0.005");
  }

  @Test
  void thePolicyDecides_onPurposeCategoryAndCost() {
    assertThat(ask(COUNT.replace("0.5", "0.6")).body().at("/reasons/0").textValue())
        .isEqualTo("COST_TOO_HIGH");
    assertThat(
            ask(COUNT.replace(PURPOSE, "dpv:TargetedAdvertising"))
                .body()
                .at("/reasons/0")
                .textValue())
        .isEqualTo("PURPOSE_NOT_REGISTERED");
    attribute("health_note", "value", "pd:Health", "string", "{\"keys\": [\"well\"]}");
    assertThat(
            ask(COUNT.replace("\"measure\"", "\"attribute\": \"health_note\", \"measure\""))
                .body()
                .at("/reasons/0")
                .textValue())
        .isEqualTo("CATEGORY_NOT_ALLOWED");
    assertThat(ask(vault.token(Role.APP, "shop"), COUNT).status()).isEqualTo(403);
    assertThat(
            ask(COUNT.replace(PURPOSE, "dpv:ServicePersonalisation"))
                .body()
                .get("code")
                .textValue())
        .isEqualTo("no_budget");
  }

  private static final List<String> NONSENSE =
      List.of(
          "\"measure\": \"max\"",
          "\"measure\": \"sum\"",
          "\"measure\": \"sum\", \"attribute\": \"email\"",
          "\"measure\": \"sum\", \"attribute\": \"country\"",
          "\"measure\": \"sum\", \"attribute\": \"spend\", \"bounds\": {\"upper\": 101}",
          "\"measure\": \"sum\", \"attribute\": \"spend\", \"bounds\": {\"upper\": 0}",
          "\"measure\": \"count\", \"attribute\": \"purchase\", \"perCustomer\": 4",
          "\"measure\": \"count\", \"groupBy\": [{\"attribute\": \"spend\"}]",
          "\"measure\": \"count\", \"groupBy\": [{\"attribute\": \"country\", \"keys\":"
              + " [\"Atlantis\"]}]",
          "\"measure\": \"count\", \"sql\": \"SELECT 1\"",
          "\"measure\": \"count\", \"bins\": 3",
          "\"measure\": \"histogram\", \"attribute\": \"spend\", \"bounds\": {\"upper\": 0.05},"
              + " \"bins\": 7",
          "\"measure\": \"quantile\", \"attribute\": \"spend\"",
          "\"measure\": \"quantile\", \"attribute\": \"spend\", \"quantile\": 1",
          "\"measure\": \"count\", \"from\": \"2026-01-01T00:00:00Z\"",
          "\"measure\": \"count\", \"where\": [{\"attribute\": \"spend\", \"is\": [\"x\"]}]");

  @Test
  void invalidQuestions_areRefusedWithoutData() {
    for (String rest : NONSENSE) {
      Answered refused =
          ask(
              "{\"purpose\": \""
                  + PURPOSE
                  + "\", \"population\": \"shop\", \"budget\": {\"rho\": 0.1}, "
                  + rest
                  + "}");
      assertThat(refused.status()).as("%s %s", rest, refused).isEqualTo(400);
    }
  }

  @Test
  void emptyAndFullVaults_refuseAndAnswerInTheSameForm() {
    List<String> questions =
        List.of(
            COUNT,
            COUNT.replace("\"count\"", "\"mean\", \"attribute\": \"spend\""),
            COUNT.replace("\"count\"", "\"variance\", \"attribute\": \"spend\""),
            COUNT.replace("0.5", "0.7"),
            COUNT.replace("shop", "nobody"));
    List<String> before = questions.stream().map(this::shape).toList();
    customers(0, 50, "France", 10);
    consent(0, 50);
    vault.advance(Duration.ofHours(1));

    assertThat(questions.stream().map(this::shape).toList()).isEqualTo(before);
  }

  private String shape(String question) {
    Answered answered = ask(question);
    List<String> names = new ArrayList<>();
    answered.body().fieldNames().forEachRemaining(names::add);
    return answered.status() + " " + names + " " + answered.body().path("cells").size();
  }

  @Test
  void twoHundredConcurrentQuestions_neverExceedTheBudget() throws Exception {
    budget(1, "{}");
    List<Future<Integer>> statuses = new ArrayList<>();
    // Sixteen at once of each analyst: more than twenty would be too many.
    List<ExecutorService> analysts =
        Stream.generate(() -> Executors.newFixedThreadPool(16)).limit(5).toList();
    for (int i = 0; i < 200; i++) {
      String question = COUNT.replace("0.5", "0.0" + (100 + i));
      String analyst = vault.token(Role.ANALYST, "ana" + i % 5);
      statuses.add(analysts.get(i % 5).submit(() -> ask(analyst, question).status()));
    }
    analysts.forEach(ExecutorService::close);
    for (Future<Integer> status : statuses) {
      assertThat(status.get()).isIn(200, 403);
    }
    long spent =
        vault
            .vault()
            .db()
            .<Long>inRead(
                c ->
                    Sql.one(c, "SELECT sum(rho) FROM dp_charge", row -> row.getLong(1))
                        .orElseThrow());
    assertThat(spent).isBetween(970_000_000_000L, 1_000_000_000_000L);
  }

  @Test
  void aLongQuestion_canBeWatchedUntilItsAnswer() {
    String job = askedForLater(COUNT);
    List<String> events = List.of(watched(job).split("\n\n"));
    assertThat(events).allMatch(event -> event.startsWith("id: ") || event.startsWith(":"));
    assertThat(events.getLast()).contains("event: released\ndata: {", "\"cells\":");
    assertThat(watched(job)).isEqualTo(events.getLast() + "\n\n");
    assertThat(vault.get(vault.token(Role.ANALYST, "bob"), job).status()).isEqualTo(404);
  }

  @Test
  void aCancelledQuestion_staysCharged_andItsWatchersAreNotified() {
    String job = askedForLater(COUNT);
    String state = ok(vault.delete(ana, job)).body().get("state").textValue();
    assertThat(state).isIn("cancelled", "released");
    assertThat(watched(job)).contains("event: " + state + "\n");
    JsonNode budget = ok(vault.get(ana, "/v1/analytics/budget")).body().at("/budgets/0");
    assertThat(budget.at("/spentByYou/rho").decimalValue()).isEqualByComparingTo("0.5");
  }

  private String askedForLater(String question) {
    Map<String, String> later = Map.of("Prefer", "respond-async");
    Answered accepted = vault.post(ana, "/v1/analytics/queries", question, later);
    assertThat(accepted.status()).isEqualTo(202);
    return "/v1/analytics/jobs/" + accepted.body().get("job").longValue();
  }

  /** Returns the whole stream, to its end. */
  private String watched(String job) {
    Map<String, String> headers =
        Map.of("Authorization", "Bearer " + ana, "Accept", "text/event-stream");
    byte[] events = vault.exchange("GET", job + "/events", new byte[0], headers).body();
    return new String(events, StandardCharsets.UTF_8);
  }

  @Test
  void aHistogram_isAvailableAsAPicture_withErrorBars() {
    String question =
        COUNT.replace("\"count\"", "\"histogram\", \"attribute\": \"spend\", \"bins\": 5");
    var answer =
        vault.exchange(
            "POST",
            "/v1/analytics/queries",
            question.getBytes(StandardCharsets.UTF_8),
            Map.of(
                "Authorization", "Bearer " + ana,
                "Content-Type", "application/json",
                "Accept", "image/svg+xml"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("image/svg+xml");
    String svg = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(svg).contains("<svg").contains("<title>histogram of spend, customers</title>");
    // Five bars, each with an error bar; a frame and a legend beside them.
    assertThat(svg.split("<rect|<path|<line", -1).length).isGreaterThan(15);
    assertThat(
            vault
                .exchange(
                    "POST",
                    "/v1/analytics/queries",
                    COUNT.getBytes(StandardCharsets.UTF_8),
                    Map.of(
                        "Authorization", "Bearer " + ana,
                        "Content-Type", "application/json",
                        "Accept", "image/svg+xml"))
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void everyAnswerAndRefusal_isInTheLog() {
    ok(ask(COUNT));
    ask(COUNT);
    ask(COUNT.replace("0.5", "0.7"));
    String auditor = vault.token(Role.AUDITOR, "audrey");
    for (Map.Entry<String, Integer> type :
        Map.of("charge", 2, "release", 1, "refuse", 1).entrySet()) {
      assertThat(
              ok(vault.get(auditor, "/v1/audit/entries?type=" + type.getKey()))
                  .body()
                  .get("entries"))
          .as(type.getKey())
          .hasSize(type.getValue());
    }
  }

  @Test
  void aRelease_isInTheLineage_withItsMeasureItsCostAndItsEpoch() throws Exception {
    JsonNode answer = ok(ask(COUNT)).body();
    vault.catchUp();
    String release = answer.get("lineage").textValue();
    vault.stop();
    Set<String> said = new TreeSet<>();
    try (Stream<Path> entries = Files.list(vault.config().store().data().resolve("graph"));
        Graphs graphs =
            Graphs.open(
                entries
                    .filter(entry -> entry.getFileName().toString().startsWith("graph-"))
                    .findFirst()
                    .orElseThrow())) {
      graphs.<List<Quad>>read(d -> d.asDatasetGraph().stream().toList()).stream()
          .filter(quad -> quad.getGraph().toString().equals(release))
          .forEach(
              quad ->
                  said.add(
                      quad.getPredicate()
                          + " "
                          + (quad.getObject().isLiteral()
                              ? quad.getObject().getLiteralLexicalForm()
                              : quad.getObject())));
    }
    vault.startAgain();
    assertThat(said)
        .contains(
            Vocabulary.HAS_TECHNICAL_MEASURE + " " + Vocabulary.DIFFERENTIAL_PRIVACY,
            Vocabulary.HAS_PURPOSE + " https://w3id.org/dpv#ServiceUsageAnalytics",
            Vocabulary.RHO + " 500000000000",
            Vocabulary.COUNT + " " + answer.get("counted").asText(),
            Vocabulary.CONSENT_EPOCH + " " + answer.get("consentEpoch").asText());
  }

  @Test
  void aRestart_keepsChargesAndAnswers() {
    JsonNode before = ok(ask(COUNT)).body();
    vault.restart();
    JsonNode after = ok(ask(COUNT)).body();

    assertThat(after.get("cells")).isEqualTo(before.get("cells"));
    assertThat(after.get("replayed").booleanValue()).isTrue();
  }
}
