package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.records.Shapes;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Customers' rights requests, from their creation to their end and after it. */
final class RightsRequestsIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String COMPLEX = "eu-gdpr:JustificationA12Complexity";

  private TestVault vault;
  private String ann;
  private String operator;
  private String auditor;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    ann = vault.customer("customer_number:17850");
    operator = vault.token(Role.OPERATOR, "olga");
    auditor = vault.token(Role.AUDITOR, "audrey");
    app("guard", "dpv:FraudPreventionAndDetection");
    ok(vault.put(ann, CONSENT, ""));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void app(String name, String purpose) {
    vault.register(
        "/v1/apps/" + name,
        "{\"name\": \"x\", \"facets\": [], \"purposes\": [\"%s\"]}".formatted(purpose));
  }

  private Answered ask(String body) {
    return vault.post(ann, "/v1/me/requests", body, Map.of());
  }

  private JsonNode asked(String body) {
    return created(ask(body)).body();
  }

  private JsonNode mine(JsonNode one) {
    return ok(vault.get(ann, "/v1/me/requests/" + one.path("id").asText())).body();
  }

  private Answered step(JsonNode one, String body) {
    return vault.post(
        operator, "/v1/requests/" + one.path("id").asText() + "/steps", body, Map.of());
  }

  private static List<String> states(JsonNode one) {
    return steps(one).map(step -> step.path("state").asText().replace("dpv:Request", "")).toList();
  }

  private static Stream<JsonNode> steps(JsonNode one) {
    return StreamSupport.stream(one.path("steps").spliterator(), false);
  }

  private static JsonNode last(JsonNode one) {
    return one.path("steps").path(one.path("steps").size() - 1);
  }

  private JsonNode review() {
    long decision = vault.ask("17850", "country").body().at("/receipt/index").asLong();
    return asked("{\"right\": \"review\", \"decision\": " + decision + "}");
  }

  private JsonNode entry(long index) {
    return ok(vault.get(auditor, "/v1/audit/entries?limit=1&cursor=" + (index + 1)))
        .body()
        .at("/entries/0");
  }

  @Test
  void requestsThatTheVaultCanFulfil_areFulfilledAtOnce_andLogged() {
    ok(vault.ask("17850", "country"));
    JsonNode restriction = asked("{\"right\": \"restriction\"}");
    assertThat(states(restriction))
        .containsExactly("Initiated", "Acknowledged", "Accepted", "Fulfilled");
    assertThat(restriction.path("term").asText()).isEqualTo("eu-gdpr:A18");
    assertThat(restriction.path("clock").asText()).isEqualTo("met");
    JsonNode shown = entry(last(restriction).at("/evidence/index").asLong());
    assertThat(shown.path("type").asText()).isEqualTo("restrict");
    assertThat(shown.path("leafHash")).isEqualTo(last(restriction).at("/evidence/leafHash"));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    ok(vault.delete(ann, "/v1/me/restriction"));

    JsonNode objection =
        asked("{\"right\": \"objection\", \"purpose\": \"dpv:FraudPreventionAndDetection\"}");
    assertThat(states(objection)).endsWith("Fulfilled");
    assertThat(objection.path("purpose").asText()).isEqualTo("dpv:FraudPreventionAndDetection");
    assertThat(ok(vault.get(ann, "/v1/me")).body().path("objections")).hasSize(1);

    JsonNode correction =
        asked(
            "{\"right\": \"rectification\", \"attribute\": \"country\", \"value\": \"%sia\"}"
                .formatted(CANARY));
    assertThat(states(correction)).endsWith("Fulfilled");
    assertThat(correction.path("attribute").asText()).isEqualTo("country");
    assertThat(correction.toString()).doesNotContain(CANARY);
    assertThat(ok(vault.get(ann, "/v1/me")).body().at("/values/country/value").asText())
        .isEqualTo(CANARY + "ia");
  }

  /** Checks that each step has its own entry, in order. */
  @Test
  void everyStep_hasItsLogEntry() {
    JsonNode one = asked("{\"right\": \"restriction\"}");
    steps(one)
        .forEach(
            step -> {
              JsonNode entry = entry(step.path("entry").asLong());
              assertThat(entry.path("type").asText()).isEqualTo("rights");
              assertThat(entry.path("case")).isEqualTo(one.path("id"));
              assertThat(entry.path("state")).isEqualTo(step.path("state"));
              assertThat(entry.path("right").asText()).isEqualTo("eu-gdpr:A18");
            });
    JsonNode accesses = ok(vault.get(ann, "/v1/me/accesses")).body().path("accesses");
    assertThat(accesses.findValuesAsText("type")).filteredOn("rights"::equals).hasSize(4);
  }

  @Test
  void requestedData_isReady_andTheCaseIsFulfilledByTheExport() {
    JsonNode access = asked("{\"right\": \"access\"}");
    JsonNode portability = asked("{\"right\": \"portability\"}");
    assertThat(states(access)).containsExactly("Initiated", "Acknowledged", "RequiresAction");
    assertThat(access.path("call").asText()).isEqualTo("GET /v1/me/export");
    assertThat(access.path("clock").asText()).isEqualTo("met");
    ok(vault.get(ann, "/v1/me/export"));
    for (JsonNode taken : List.of(mine(access), mine(portability))) {
      assertThat(states(taken)).endsWith("RequiredActionPerformed", "Fulfilled");
      assertThat(entry(last(taken).at("/evidence/index").asLong()).path("type").asText())
          .isEqualTo("export");
      assertThat(taken.has("call")).isFalse();
    }
  }

  @Test
  void aHeadRequestOfTheExport_fulfilsNoCase() {
    JsonNode access = asked("{\"right\": \"access\"}");
    assertThat(vault.send(ann, "HEAD", "/v1/me/export", "", Map.of()).status()).isEqualTo(200);
    assertThat(states(mine(access))).endsWith("RequiresAction");
    ok(vault.get(ann, "/v1/me/export"));
    assertThat(states(mine(access))).endsWith("Fulfilled");
  }

  @Test
  void aRightWithoutABasis_isARejectedCase_notAnError() {
    JsonNode optOut = asked("{\"right\": \"opt-out\", \"jurisdiction\": \"loc:EU\"}");
    assertThat(last(optOut).path("reason").asText()).isEqualTo("ck:NotARightThere");
  }

  /** Checks that a case has the same effect as PUT. */
  @Test
  void anObjectionAsACase_hasTheSameEffectAsPut() {
    app("mailer", "dpv:DirectMarketing");
    app("desk", "dpv:CustomerCare");
    for (String purpose :
        List.of(
            "dpv:Marketing",
            "dpv:ServicePersonalisation",
            "dpv:CustomerCare",
            "dpv:ScientificResearch")) {
      JsonNode objection = asked("{\"right\": \"objection\", \"purpose\": \"" + purpose + "\"}");
      assertThat(states(objection)).endsWith("Fulfilled");
      String asACase = objections();
      ok(vault.delete(ann, "/v1/me/objections/" + purpose));
      ok(vault.put(ann, "/v1/me/objections/" + purpose, ""));
      assertThat(objections()).isEqualTo(asACase).contains(purpose);
    }
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
  }

  /** Checks the refusal of an objection to a purpose that the law demands (Art. 21). */
  @Test
  void anObjectionToALegalObligation_isARejectedCase_withoutEffect() {
    app("desk", "dpv:RightsFulfilment");
    JsonNode objection = asked("{\"right\": \"objection\", \"purpose\": \"dpv:RightsFulfilment\"}");
    assertThat(states(objection)).endsWith("Rejected");
    assertThat(last(objection).path("reason").asText()).isEqualTo("ck:FollowsFromNoProcessing");
    assertThat(objections()).isEqualTo("[]");
  }

  private String objections() {
    return ok(vault.get(ann, "/v1/me")).body().path("objections").toString();
  }

  @Test
  void anOptOut_hasTheSameEffectAsTheSignal() {
    app("ads", "dpv:TargetedAdvertising");
    ok(vault.put(ann, "/v1/me/consents/dpv:TargetedAdvertising/ads", ""));
    vault.advance(Duration.ofMillis(1));
    JsonNode optOut = asked("{\"right\": \"opt-out\", \"jurisdiction\": \"loc:US-CA\"}");
    assertThat(states(optOut)).endsWith("Fulfilled");
    assertThat(optOut.path("term").asText()).isEqualTo("ck:RightToOptOut");
    assertThat(optOut.has("confirmBy")).isFalse();
    JsonNode consents = ok(vault.get(ann, "/v1/me/consents")).body();
    assertThat(consents.path("consents").toString())
        .contains("dpv:SellDataToThirdParties", "dpv:PersonalisedAdvertising");
    StreamSupport.stream(consents.path("consents").spliterator(), false)
        .filter(said -> said.path("purpose").asText().equals("dpv:TargetedAdvertising"))
        .forEach(said -> assertThat(said.path("status").asText()).isEqualTo("WITHDRAWN"));
    assertThat(consents.has("gpcHonouredAt")).isFalse();
  }

  @Test
  void aMalformedRequest_isRefusedCompletely() {
    for (String[] wrong :
        new String[][] {
          {"{\"right\": \"oblivion\"}", "invalid_field"},
          {"{\"right\": \"access\", \"purpose\": \"dpv:Marketing\"}", "unknown_field"},
          {"{\"right\": \"access\", \"jurisdiction\": \"loc:XX\"}", "unknown_jurisdiction"},
          {"{\"right\": \"objection\"}", "missing_field"},
          {"{\"right\": \"objection\", \"purpose\": \"dpv:Nonsense\"}", "unknown_purpose"},
          {"{\"right\": \"review\"}", "missing_field"},
          {"{\"right\": \"review\", \"decision\": 1.5}", "invalid_field"},
          {"{\"right\": \"rectification\", \"attribute\": \"country\"}", "missing_field"},
          {
            "{\"right\": \"rectification\", \"attribute\": \"country\", \"value\": 7}",
            "invalid_value"
          },
        }) {
      Answered answered = ask(wrong[0]);
      assertThat(answered.status()).as(wrong[0]).isEqualTo(400);
      assertThat(answered.body().path("code").asText()).as(wrong[0]).isEqualTo(wrong[1]);
    }
    assertThat(ask("{\"right\": \"review\", \"decision\": 0}").status()).isEqualTo(404);
    assertThat(ok(vault.get(ann, "/v1/me/requests")).body().path("requests")).isEmpty();
  }

  @Test
  void aReview_isAnsweredByAPerson_whoSeesTheDecisionButNotTheCustomer() {
    JsonNode review = review();
    assertThat(states(review)).containsExactly("Initiated", "Acknowledged");
    JsonNode open = ok(vault.get(operator, "/v1/requests?clock=running")).body().path("requests");
    assertThat(open).hasSize(1);
    assertThat(open.path(0).path("decision")).isEqualTo(review.path("decision"));
    assertThat(open.toString()).doesNotContain("17850", CANARY, "country");
    assertThat(step(review, "{\"state\": \"dpv:RequestFulfilled\"}").status()).isEqualTo(409);
    ok(step(review, "{\"state\": \"dpv:RequestAccepted\"}"));
    assertThat(problem(step(review, "{\"state\": \"dpv:RequestFulfilled\"}")))
        .isEqualTo("outcome_needed");
    ok(
        step(
            review,
            "{\"state\": \"dpv:RequestFulfilled\", \"outcome\": \"ck:DecisionConfirmed\"}"));
    JsonNode ended = mine(review);
    assertThat(ended.path("outcome").asText()).isEqualTo("ck:DecisionConfirmed");
    assertThat(ended.path("clock").asText()).isEqualTo("met");
    assertThat(step(review, "{\"state\": \"dpv:RequestAccepted\"}").status()).isEqualTo(409);
  }

  private static String problem(Answered answered) {
    return answered.body().path("code").asText();
  }

  @Test
  void anExtension_isAllowedOnce_inTime_forAPermittedReason() {
    JsonNode review = review();
    String delay = "{\"state\": \"dpv:RequestActionDelayed\", \"reason\": \"%s\"}";
    assertThat(problem(step(review, "{\"state\": \"dpv:RequestActionDelayed\"}")))
        .isEqualTo("reason_does_not_fit");
    for (String unfit :
        List.of(
            "eu-gdpr:JustificationA12ManifestlyExcessive",
            "eu-gdpr:JustificationA17LegalClaims",
            "eu-gdpr:JustificationA33NotificationDelay",
            "ck:Laziness")) {
      assertThat(problem(step(review, delay.formatted(unfit)))).isEqualTo("reason_does_not_fit");
    }
    Instant due = Instant.parse(review.path("due").asText());
    JsonNode extended = ok(step(review, delay.formatted(COMPLEX))).body();
    assertThat(extended.path("extended").booleanValue()).isTrue();
    assertThat(Duration.between(due, Instant.parse(extended.path("due").asText())).toDays())
        .isBetween(58L, 63L);
    assertThat(last(mine(review)).path("reason").asText()).isEqualTo(COMPLEX);
    ok(step(review, "{\"state\": \"dpv:RequestAccepted\"}"));
    assertThat(problem(step(review, delay.formatted(COMPLEX)))).isEqualTo("not_extensible");

    JsonNode late = review();
    vault.advance(Duration.ofDays(32));
    renewTokens();
    assertThat(problem(step(late, delay.formatted(COMPLEX)))).isEqualTo("too_late_to_extend");
  }

  private void renewTokens() {
    ann = vault.customer("customer_number:17850");
    operator = vault.token(Role.OPERATOR, "olga");
    auditor = vault.token(Role.AUDITOR, "audrey");
  }

  @Test
  void anOverdueCase_isMarked_butNotClosed() {
    JsonNode review = review();
    assertThat(metric("due-soon")).isZero();
    vault.advance(Duration.ofDays(26));
    renewTokens();
    assertThat(mine(review).path("clock").asText()).isEqualTo("due-soon");
    checkClocks(1);
    assertThat(metric("due-soon")).isEqualTo(1);
    vault.advance(Duration.ofDays(7));
    renewTokens();
    JsonNode late = mine(review);
    assertThat(late.path("clock").asText()).isEqualTo("overdue");
    assertThat(states(late)).containsExactly("Initiated", "Acknowledged");
    assertThat(metric("overdue")).isEqualTo(1);
    assertThat(ok(vault.get(operator, "/v1/requests?clock=overdue")).body().path("requests"))
        .hasSize(1);
    assertThat(ok(vault.get(operator, "/v1/requests?clock=running")).body().path("requests"))
        .isEmpty();
    ok(
        step(
            review,
            "{\"state\": \"dpv:RequestRejected\","
                + " \"reason\": \"eu-gdpr:JustificationA12ManifestlyUnfounded\"}"));
    assertThat(mine(review).path("clock").asText()).isEqualTo("missed");
    asked("{\"right\": \"restriction\"}");
    review();
    checkClocks(3);
    String table = csv();
    assertThat(table).contains("missed,eu-gdpr:JustificationA12ManifestlyUnfounded");
  }

  /** Checks that the filter by clock agrees with the clock that each case shows. */
  private void checkClocks(int cases) {
    int found = 0;
    for (String clock : List.of("running", "due-soon", "overdue", "met", "missed")) {
      for (JsonNode one : found("clock=" + clock)) {
        assertThat(one.path("clock").asText()).isEqualTo(clock);
        found++;
      }
    }
    assertThat(found).isEqualTo(cases);
  }

  private long metric(String clock) {
    String text = vault.watched("/metrics");
    return text.lines()
        .filter(line -> line.startsWith("contextkeep_rights_requests{clock=\"" + clock + "\"}"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private String csv() {
    return new String(
        vault
            .exchange(
                "GET",
                "/v1/audit/requests",
                new byte[0],
                Map.of("Authorization", "Bearer " + auditor, "Accept", "text/csv"))
            .body(),
        StandardCharsets.UTF_8);
  }

  @Test
  void theList_isFilteredAndPaged_theNextDueFirst() {
    for (int i = 0; i < 5; i++) {
      review();
      vault.advance(Duration.ofHours(1));
      renewTokens();
    }
    asked("{\"right\": \"restriction\", \"jurisdiction\": \"loc:GB\"}");
    List<String> seen = new ArrayList<>();
    String next = "/v1/audit/requests?limit=2";
    while (!next.isEmpty()) {
      JsonNode page = ok(vault.get(auditor, next)).body();
      page.path("requests").forEach(one -> seen.add(one.path("id").asText()));
      next = page.path("next").asText();
    }
    assertThat(seen).hasSize(6).doesNotHaveDuplicates();
    assertThat(found("right=restriction")).hasSize(1);
    assertThat(found("state=dpv:RequestAcknowledged&clock=running")).hasSize(5);
    assertThat(found("dueUntil=2000-01-01T00:00:00Z")).isEmpty();
  }

  private JsonNode found(String filter) {
    return ok(vault.get(operator, "/v1/requests?" + filter)).body().path("requests");
  }

  @Test
  void aCaseThatNeedsInformation_waits_andContinues() {
    JsonNode review = review();
    ok(
        step(
            review,
            "{\"state\": \"dpv:RequestRequiresAction\","
                + " \"reason\": \"eu-gdpr:JustificationA12InformationRequired\"}"));
    ok(vault.get(ann, "/v1/me/export"));
    assertThat(states(mine(review))).endsWith("RequiresAction");
    assertThat(mine(review).path("clock").asText()).isEqualTo("running");
    ok(step(review, "{\"state\": \"dpv:RequestRequiredActionPerformed\"}"));
    ok(step(review, "{\"state\": \"dpv:RequestAccepted\"}"));
  }

  /** Checks that entries about others, earlier and missing ones are not evidence. */
  @Test
  void evidence_isALaterEntryAboutTheSameCustomer() {
    vault.write("2", "country", "\"" + CANARY + "2\"");
    JsonNode access = asked("{\"right\": \"access\"}");
    ok(step(access, "{\"state\": \"dpv:RequestRequiredActionPerformed\"}"));
    String fulfil = "{\"state\": \"dpv:RequestFulfilled\", \"evidence\": %d}";
    long bobs = vault.ask("2", "country").body().at("/receipt/index").asLong();
    for (long wrong : List.of(0L, bobs, 999_999L)) {
      assertThat(problem(step(access, fulfil.formatted(wrong)))).isEqualTo("evidence_needed");
    }
    long hers = vault.ask("17850", "country").body().at("/receipt/index").asLong();
    JsonNode done = ok(step(access, fulfil.formatted(hers))).body();
    assertThat(last(done).at("/evidence/index").asLong()).isEqualTo(hers);
  }

  @Test
  void anErasure_isFulfilled_andTheRegisterShowsItWithoutTheCustomer() {
    long subject = subject();
    JsonNode review = review();
    JsonNode erasure = asked("{\"right\": \"erasure\"}");
    assertThat(states(erasure))
        .containsExactly("Initiated", "Acknowledged", "Accepted", "Fulfilled");
    assertThat(entry(last(erasure).at("/evidence/index").asLong()).path("type").asText())
        .isEqualTo("erase");
    String certificate = "/v1/erasures/" + erasure.path("certificate").asText();
    assertThat(vault.exchange("GET", certificate, new byte[0], Map.of()).statusCode())
        .isEqualTo(200);
    assertThat(vault.get(ann, "/v1/me").status()).isEqualTo(404);
    JsonNode register = ok(vault.get(auditor, "/v1/audit/requests")).body().path("requests");
    assertThat(register).hasSize(2);
    for (JsonNode one : register) {
      boolean hers = one.path("id").equals(erasure.path("id"));
      assertThat(last(one).path("state").asText())
          .isEqualTo(hers ? "dpv:RequestFulfilled" : "dpv:RequestRejected");
      assertThat(one.path("clock").asText()).isEqualTo("met");
      assertThat(last(one).path("reason").asText()).isEqualTo(hers ? "" : "ck:AskerErased");
      assertThat(one.has("decision")).isFalse();
    }
    // Nothing links them to the customer: no row names them, and no table has a column that could.
    assertThat(rows("SELECT count(*) FROM rights_subject")).isZero();
    assertThat(rows("SELECT count(*) FROM rights_request")).isEqualTo(2);
    for (String table : List.of("rights_request", "rights_step")) {
      List<String> columns =
          vault
              .vault()
              .db()
              .inRead(
                  c ->
                      Sql.query(
                          c,
                          "SELECT name FROM pragma_table_info('" + table + "')",
                          r -> r.getString(1)));
      assertThat(columns)
          .isNotEmpty()
          .doesNotContain("subject", "purpose", "attribute", "decision");
      for (String column : columns) {
        assertThat(rows("SELECT count(*) FROM " + table + " WHERE " + column + " = " + subject))
            .as(column)
            .isZero();
      }
    }
    // The holder of the number still sees the end, also as a conforming record.
    String bob = vault.customer("customer_number:2");
    assertThat(
            ok(vault.get(bob, "/v1/me/requests/" + erasure.path("id").asText()))
                .body()
                .path("state")
                .asText())
        .isEqualTo("dpv:RequestFulfilled");
    JsonNode record = record(bob, erasure);
    assertThat(record.path("type").asText()).isEqualTo("ErasedRightExerciseRecord");
    assertThat(record.has("dataSubject")).isFalse();
    assertThat(review.path("id").asText()).isNotEmpty();
  }

  /** Simulates a crash between the mark and the end of an erasure. */
  @Test
  void anInterruptedErasure_endsTheCustomersCasesAtTheNextStart() {
    JsonNode review = review();
    JsonNode access = asked("{\"right\": \"access\"}");
    vault.vault().erasure().mark(new SubjectId(subject()), Optional.empty());
    assertThat(vault.get(ann, "/v1/me/requests").status()).isEqualTo(404);
    vault.restart();
    renewTokens();
    JsonNode register = ok(vault.get(auditor, "/v1/audit/requests")).body().path("requests");
    assertThat(register.findValuesAsText("id"))
        .containsExactlyInAnyOrder(review.path("id").asText(), access.path("id").asText());
    for (JsonNode one : register) {
      assertThat(last(one).path("reason").asText()).isEqualTo("ck:AskerErased");
      assertThat(entry(last(one).at("/evidence/index").asLong()).path("type").asText())
          .isEqualTo("erase");
    }
    assertThat(rows("SELECT count(*) FROM rights_subject")).isZero();
  }

  private long subject() {
    return rows("SELECT id FROM subject");
  }

  private long rows(String sql) {
    return vault.vault().db().inRead(c -> Sql.one(c, sql, row -> row.getLong(1))).orElseThrow();
  }

  private JsonNode record(String token, JsonNode one) {
    return ok(vault.send(
            token,
            "GET",
            "/v1/me/requests/" + one.path("id").asText(),
            "",
            Map.of("Accept", "application/ld+json")))
        .body();
  }

  /**
   * Checks that a person decides if there is a duty to keep data, and that an acceptance erases.
   */
  @Test
  void ifDataMustBeKept_aPersonDecidesOnTheErasure() {
    app("books", "dpv:RightsFulfilment");
    JsonNode refused = asked("{\"right\": \"erasure\"}");
    assertThat(states(refused)).containsExactly("Initiated", "Acknowledged");
    assertThat(
            problem(
                step(
                    refused,
                    "{\"state\": \"dpv:RequestRejected\","
                        + " \"reason\": \"eu-gdpr:JustificationA17ObjectA21\"}")))
        .isEqualTo("reason_does_not_fit");
    ok(
        step(
            refused,
            "{\"state\": \"dpv:RequestRejected\","
                + " \"reason\": \"eu-gdpr:JustificationA17LegallyRequired\"}"));
    ok(vault.get(ann, "/v1/me"));
    JsonNode accepted = asked("{\"right\": \"erasure\"}");
    JsonNode ended = ok(step(accepted, "{\"state\": \"dpv:RequestAccepted\"}")).body();
    assertThat(states(ended)).endsWith("Accepted", "Fulfilled");
    assertThat(vault.get(ann, "/v1/me").status()).isEqualTo(404);
  }

  /**
   * Checks that an erasure cannot be claimed without evidence, and that a direct call fulfils the
   * request.
   */
  @Test
  void anErasure_isFulfilledByErasingOnly() {
    app("books", "dpv:RightsFulfilment");
    JsonNode waiting = asked("{\"right\": \"erasure\"}");
    ok(
        step(
            waiting,
            "{\"state\": \"dpv:RequestActionDelayed\", \"reason\": \"%s\"}".formatted(COMPLEX)));
    long hers = vault.ask("17850", "country").body().at("/receipt/index").asLong();
    Answered claimed =
        step(waiting, "{\"state\": \"dpv:RequestFulfilled\", \"evidence\": " + hers + "}");
    assertThat(problem(claimed)).isEqualTo("step_not_possible");
    JsonNode second = asked("{\"right\": \"erasure\"}");
    ok(vault.delete(ann, "/v1/me"));
    for (JsonNode one : List.of(waiting, second)) {
      JsonNode ended = ok(vault.get(operator, "/v1/requests/" + one.path("id").asText())).body();
      assertThat(states(ended)).endsWith("Fulfilled");
      assertThat(entry(last(ended).at("/evidence/index").asLong()).path("type").asText())
          .isEqualTo("erase");
    }
  }

  @Test
  void theRecord_usesDpv_andConformsToItsShape() {
    JsonNode record = record(ann, asked("{\"right\": \"restriction\"}"));
    assertThat(record.path("type").asText()).isEqualTo("RightExerciseRecord");
    assertThat(record.path("requestState").asText()).isEqualTo("dpv:RequestFulfilled");
    assertThat(record.path("event")).hasSize(4);
    assertThat(record.path("conformsTo").toString()).contains("urn:contextkeep:rules:eu-gdpr.1");
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.create().source(new StringReader(record.toString())).lang(Lang.JSONLD11).parse(graph);
    assertThat(graph.size()).isGreaterThan(15);
    assertThat(Shapes.ofRecords().faults(graph)).isEmpty();
  }

  @Test
  void anotherCustomersRequest_looksUnknown() {
    JsonNode hers = asked("{\"right\": \"restriction\"}");
    vault.write("2", "country", "\"" + CANARY + "2\"");
    String bob = vault.customer("customer_number:2");
    String path = "/v1/me/requests/" + hers.path("id").asText();
    assertThat(problem(vault.get(bob, path))).isEqualTo("no_such_request");
    assertThat(problem(vault.get(bob, "/v1/me/requests/" + "0".repeat(32))))
        .isEqualTo("no_such_request");
  }

  @Test
  void aCase_isDeletedAfterItsRetention() {
    asked("{\"right\": \"access\", \"jurisdiction\": \"loc:US-CA\"}");
    asked("{\"right\": \"opt-out\", \"jurisdiction\": \"loc:US-CA\"}");
    asked("{\"right\": \"restriction\"}");
    vault.letPass(Duration.ofDays(24 * 31));
    renewTokens();
    vault.vault().sweepRequests();
    JsonNode left = ok(vault.get(auditor, "/v1/audit/requests")).body().path("requests");
    assertThat(left.findValuesAsText("right")).containsExactlyInAnyOrder("access", "restriction");
    vault.letPass(Duration.ofDays(13 * 31));
    renewTokens();
    vault.vault().sweepRequests();
    // A case that waits for the customer does not end by itself.
    assertThat(
            ok(vault.get(auditor, "/v1/audit/requests"))
                .body()
                .path("requests")
                .findValuesAsText("right"))
        .containsExactly("access");
  }

  @Test
  void listedRights_haveTheRequestToSend() {
    for (JsonNode processing : ok(vault.get(ann, "/v1/me/rights")).body().path("processings")) {
      for (JsonNode right : processing.path("rights")) {
        JsonNode request = right.path("request");
        String name = request.path("right").asText();
        if (!request.isMissingNode()
            && !List.of("rectification", "review", "erasure").contains(name)) {
          assertThat(states(asked(request.toString()))).as(name).doesNotContain("Rejected");
        }
      }
    }
  }
}
