package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.Bundle;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.identity.Role;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A policy is changed with evidence: replay, explain and what-if, over recorded decisions. */
@Order(1)
final class PolicyEvidenceIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PERSONALISE = "dpv:ServicePersonalisation";
  private static final String PURPOSES = "/contextkeep/catalogue/purposes";

  private TestVault vault;
  private Instant begun;
  private String operator;
  private String ann;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = new TestVault(dir);
    begun = vault.clock().instant();
    vault.furnish();
    operator = vault.token(Role.OPERATOR, "olga");
    ann = vault.customer("customer_number:1");
    vault.write("1", "country", "\"" + CANARY + "land\"");
    vault.write("1", "email", "\"" + CANARY + "@example.com\"");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void grant(String body) {
    ok(vault.put(ann, "/v1/me/consents/" + PERSONALISE + "/shop", body));
  }

  private long asked(String number, String attributes) {
    return vault.ask(number, attributes).body().at("/receipt/index").asLong();
  }

  private ObjectNode period() {
    return JSON.createObjectNode()
        .put("from", begun.minus(Duration.ofDays(1)).toString())
        .put("until", begun.plus(Duration.ofDays(1)).toString());
  }

  private JsonNode replayed(ObjectNode request) {
    return ok(vault.post(operator, "/v1/policy/replay", request.toString(), Map.of())).body();
  }

  private JsonNode replayedWith(Consumer<ObjectNode> change) throws Exception {
    JsonNode data = JSON.readTree(Bundle.builtIn().data());
    change.accept((ObjectNode) data.at(PURPOSES).get(PERSONALISE));
    // The golden decisions in the data would differ.
    ((ObjectNode) data.get("contextkeep")).remove("golden");
    ObjectNode request = period();
    request.set("data", data);
    return replayed(request);
  }

  private static Stream<JsonNode> flips(JsonNode replayed, String change) {
    return StreamSupport.stream(replayed.get("flips").spliterator(), false)
        .filter(flip -> flip.get("change").asText().equals(change));
  }

  @Test
  void thePolicyInForce_repeatsEveryRecordedDecision() {
    grant("");
    asked("1", "country,email,health_note,income");
    asked("2", "country");
    vault.delete(ann, "/v1/me/consents/" + PERSONALISE + "/shop");
    asked("1", "country");
    ok(vault.get(ann, "/v1/me"));
    JsonNode replayed = replayed(period());
    assertThat(replayed.get("decisions").asLong()).isEqualTo(4);
    assertThat(replayed.get("unchanged").asLong()).isEqualTo(3);
    assertThat(replayed.get("flips")).isEmpty();
    assertThat(replayed.get("notAskedAgain").toString())
        .isEqualTo("[{\"why\":\"unknown-customer\",\"count\":1}]");
    assertThat(replayed.get("newlyAllows").asBoolean()).isFalse();
    assertThat(replayed.get("complete").asBoolean()).isTrue();
    assertThat(replayed.get("candidate")).isEqualTo(replayed.get("inForce"));
  }

  @Test
  void anotherBasis_newlyAllowsReadsRefusedForMissingConsent() throws Exception {
    long refused = asked("1", "country");
    JsonNode replayed = replayedWith(purpose -> purpose.put("basis", "eu-gdpr:A6-1-f"));
    JsonNode flip = flips(replayed, "newly-allowed").findFirst().orElseThrow();
    assertThat(flip.get("app").asText()).isEqualTo("shop");
    assertThat(flip.get("purpose").asText()).isEqualTo(PERSONALISE);
    assertThat(flip.get("reasons").toString()).isEqualTo("[\"NO_CONSENT\"]");
    assertThat(flip.get("entries").toString()).isEqualTo("[" + refused + "]");
    assertThat(replayed.get("newlyAllows").asBoolean()).isTrue();
  }

  @Test
  void removedMasksAndAddedCategories_areShownByAttribute() throws Exception {
    grant("");
    asked("1", "country,email,income");
    JsonNode replayed =
        replayedWith(
            purpose -> {
              ((ObjectNode) purpose.get("masks")).remove("pd:EmailAddress");
              purpose.withArray("categories").add("pd:Income");
            });
    assertThat(flips(replayed, "released-otherwise"))
        .extracting(
            flip ->
                flip.get("attribute").asText()
                    + ": "
                    + flip.get("before").asText()
                    + " -> "
                    + flip.get("after").asText())
        .containsExactlyInAnyOrder(
            "email: masked LAST_FOUR -> clear", "income: withheld CATEGORY_NOT_ALLOWED -> clear");
    assertThat(replayed.get("newlyAllows").asBoolean()).isTrue();
  }

  @Test
  void aStricterPolicy_newlyAllowsNothing() throws Exception {
    grant("");
    asked("1", "country,email");
    JsonNode replayed =
        replayedWith(
            purpose -> {
              ((ObjectNode) purpose.get("masks")).put("pd:Country", "REDACT");
              purpose.put("ttl_s", 60);
            });
    assertThat(replayed.get("newlyAllows").asBoolean()).isFalse();
    assertThat(flips(replayed, "released-otherwise")).hasSize(1);
    assertThat(flips(replayed, "other-terms")).hasSize(1);
  }

  @Test
  void longerRetention_countsAsMore() throws Exception {
    grant("");
    asked("1", "country");
    JsonNode replayed = replayedWith(purpose -> purpose.put("ttl_s", 7_200));
    assertThat(flips(replayed, "other-terms").findFirst().orElseThrow().get("more").asBoolean())
        .isTrue();
    assertThat(replayed.get("newlyAllows").asBoolean()).isTrue();
  }

  @Test
  void hypotheticalQuestions_areDecidedToo() throws Exception {
    JsonNode same = replayed(period());
    assertThat(same.get("decisions").asLong()).isZero();
    assertThat(same.get("supposed")).isEmpty();
    assertThat(same.get("newlyAllows").asBoolean()).isFalse();
    JsonNode laxer = replayedWith(purpose -> purpose.withArray("categories").add("pd:Income"));
    assertThat(laxer.get("flips")).isEmpty();
    assertThat(laxer.at("/supposed/0/attribute").asText()).isEqualTo("income");
    assertThat(laxer.at("/supposed/0/entries")).isEmpty();
    assertThat(laxer.get("newlyAllows").asBoolean()).isTrue();
    JsonNode stricter = replayedWith(purpose -> purpose.put("ttl_s", 60));
    assertThat(stricter.get("supposed")).isNotEmpty();
    assertThat(stricter.get("newlyAllows").asBoolean()).isFalse();
  }

  @Test
  void questionsOfErasedCustomers_areGone_andCounted() {
    grant("");
    asked("1", "country");
    ok(vault.delete(ann, "/v1/me"));
    JsonNode replayed = replayed(period());
    assertThat(replayed.get("notAskedAgain").toString())
        .isEqualTo("[{\"why\":\"erased\",\"count\":1}]");
    assertThat(replayed.get("complete").asBoolean()).isFalse();
  }

  @Test
  void aDecision_isRepeatedWithTheFactsOfItsTime() {
    grant("{\"expires\": \"" + begun.plus(Duration.ofDays(30)) + "\"}");
    asked("1", "country,email");
    vault.advance(Duration.ofDays(100));
    operator = vault.token(Role.OPERATOR, "olga");
    ann = vault.customer("customer_number:1");
    vault.register("/v1/apps/shop", "{\"name\":\"Shop\",\"purposes\":[],\"facets\":[]}");
    ok(vault.put(ann, "/v1/me/restriction", ""));
    JsonNode replayed = replayed(period());
    assertThat(replayed.get("unchanged").asLong()).isEqualTo(1);
    assertThat(replayed.get("decisions").asLong()).isEqualTo(1);
  }

  @Test
  void onlyDecisionsOfThePeriod_areRepeated() {
    grant("");
    asked("1", "country");
    ObjectNode request = period().put("until", begun.minus(Duration.ofHours(1)).toString());
    assertThat(replayed(request).get("decisions").asLong()).isZero();
    for (ObjectNode wrong :
        List.of(
            period().put("until", begun.minus(Duration.ofDays(1)).toString()),
            period().put("until", begun.plus(Duration.ofDays(400)).toString()))) {
      Answered answered = vault.post(operator, "/v1/policy/replay", wrong.toString(), Map.of());
      assertThat(answered.body().path("code").asText()).isEqualTo("invalid_period");
    }
  }

  @Test
  void aRejectedPolicy_isNotReplayed() throws Exception {
    for (ObjectNode body :
        List.of(
            period().<ObjectNode>set("data", JSON.createObjectNode()),
            period().put("bundle", "AAAA"))) {
      Answered answered = vault.post(operator, "/v1/policy/replay", body.toString(), Map.of());
      assertThat(answered.status()).isEqualTo(400);
      assertThat(answered.body().path("code").asText()).isEqualTo("policy_rejected");
    }
  }

  @Test
  void aReplay_reportsItsProgress_andReleasesItsPlace() {
    grant("");
    for (int i = 0; i < 3; i++) {
      asked("1", "country");
      HttpResponse<byte[]> answer =
          vault.exchange(
              "POST",
              "/v1/policy/replay",
              period().toString().getBytes(StandardCharsets.UTF_8),
              Map.of(
                  "Authorization",
                  "Bearer " + operator,
                  "Content-Type",
                  "application/json",
                  "Accept",
                  "application/x-ndjson"));
      List<String> lines = new String(answer.body(), StandardCharsets.UTF_8).lines().toList();
      assertThat(lines).hasSizeGreaterThanOrEqualTo(2);
      assertThat(lines.getFirst()).contains("\"done\":", "\"entries\":");
      assertThat(lines.getLast()).contains("\"unchanged\":" + (i + 1));
    }
  }

  @Test
  void everyUse_isLogged_andAViewOfADecisionIsInTheCustomersList() {
    long refused = asked("1", "country");
    replayed(period());
    ok(vault.get(operator, "/v1/policy/explain?entry=" + refused));
    JsonNode entries =
        ok(vault.get(vault.token(Role.AUDITOR, "ada"), "/v1/audit/entries?type=policy")).body();
    assertThat(entries.at("/entries/0/action").asText()).isEqualTo("policy.replay");
    assertThat(entries.at("/entries/0/policyDigest").asText()).hasSize(64);
    JsonNode accesses = ok(vault.get(ann, "/v1/me/accesses")).body();
    assertThat(accesses.at("/accesses").toString()).contains("\"action\":\"explanation\"");
  }

  @Test
  void aRefusal_isExplainedToOperators_inCodesAlone() {
    ok(vault.put(ann, "/v1/me/objections/dpv:Personalisation", ""));
    long refused = asked("1", "country");
    Answered answered = ok(vault.get(operator, "/v1/policy/explain?entry=" + refused));
    JsonNode explained = answered.body().at("/explanations/0");
    assertThat(explained.get("samePolicy").asBoolean()).isTrue();
    assertThat(explained.get("sameDecision").asBoolean()).isTrue();
    JsonNode objection = explained.at("/reasons/1");
    assertThat(objection.get("code").asText()).isEqualTo("OBJECTION");
    assertThat(objection.get("rule").asText()).isEqualTo("contextkeep.gate.reasons");
    assertThat(objection.get("title").asText()).isEqualTo("Objection");
    assertThat(objection.get("remedy").asText()).contains("takes the objection back");
    assertThat(objection.at("/restsOn/0/purpose").asText()).isEqualTo("dpv:Personalisation");
    assertThat(answered.body().toString()).doesNotContain("ageDays", "customer_number");
    JsonNode byRequest =
        ok(vault.get(operator, "/v1/policy/explain?request=" + explained.get("request").asText()))
            .body();
    assertThat(byRequest.at("/explanations/0/entry").asLong()).isEqualTo(refused);
  }

  @Test
  void helpfulChanges_areNamed() {
    long refused = asked("1", "country");
    JsonNode explained =
        ok(vault.get(operator, "/v1/policy/explain?entry=" + refused)).body().at("/explanations/0");
    assertThat(explained.at("/wouldHelp/0/fact").asText()).isEqualTo("consent");
    assertThat(explained.at("/wouldHelp/0/status").asText()).isEqualTo("GIVEN");
    assertThat(explained.at("/wouldHelp/0/then/decision").asText()).isEqualTo("permit");
    grant("");
    long permitted = asked("1", "country,health_note");
    JsonNode withheld =
        ok(vault.get(operator, "/v1/policy/explain?entry=" + permitted))
            .body()
            .at("/explanations/0");
    assertThat(withheld.at("/wouldHelp/0/explicit").asBoolean()).isTrue();
    assertThat(withheld.at("/wouldHelp/0/then/attributes").toString())
        .isEqualTo("[{\"attribute\":\"health_note\",\"release\":\"clear\"}]");
  }

  @Test
  void aRefusalAboutAnUnknownCustomer_isExplainedByItsReasons_andAnEntryWithoutADecision_isNot() {
    long unknown = asked("2", "country");
    JsonNode explained =
        ok(vault.get(operator, "/v1/policy/explain?entry=" + unknown)).body().at("/explanations/0");
    assertThat(explained.get("notAskedAgain").asText()).isEqualTo("unknown-customer");
    assertThat(explained.get("reasons").toString()).contains("SUBJECT_UNKNOWN");
    assertThat(vault.get(operator, "/v1/policy/explain?entry=0").status()).isEqualTo(404);
    assertThat(vault.get(operator, "/v1/policy/explain?request=none").status()).isEqualTo(404);
    assertThat(vault.get(operator, "/v1/policy/explain").status()).isEqualTo(400);
  }

  @Test
  void customers_seeOnlyTheirOwnFacts() {
    grant("");
    long permitted = asked("1", "country,income");
    JsonNode mine = ok(vault.get(ann, "/v1/me/accesses/" + permitted + "/explanation")).body();
    assertThat(mine.get("decision").asText()).isEqualTo("permit");
    assertThat(mine.at("/restsOn/0/status").asText()).isEqualTo("GIVEN");
    assertThat(mine.at("/facts/consents/0/at").asText()).isNotBlank();
    assertThat(mine.at("/facts/attributes/0/attribute").asText()).isEqualTo("country");
    assertThat(mine.at("/facts/attributes/0/ageDays").isInt()).isTrue();
    vault.write("3", "country", "\"" + CANARY + "\"");
    String eve = vault.customer("customer_number:3");
    for (String index : List.of(String.valueOf(permitted), "0", "999999", "x")) {
      assertThat(vault.get(eve, "/v1/me/accesses/" + index + "/explanation").status())
          .isEqualTo(404);
    }
  }

  @Test
  void theRecordedQuestion_isNotInTheListOfAccesses() {
    grant("");
    asked("1", "country");
    String accesses = ok(vault.get(ann, "/v1/me/accesses")).body().toString();
    assertThat(accesses).contains("\"asked\"").doesNotContain("\"question\"", "\"said\"");
  }

  private JsonNode use(String body) {
    JsonNode answer = ok(vault.post(ann, "/v1/me/what-if", body, Map.of())).body();
    return StreamSupport.stream(answer.get("uses").spliterator(), false)
        .filter(use -> use.get("purpose").asText().equals(PERSONALISE))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void unusedFieldsOfAStep_areRefused() {
    String body = "{\"change\": \"restrict\", \"purpose\": \"dpv:Marketing\"}";
    assertThat(vault.post(ann, "/v1/me/what-if", body, Map.of()).body().path("code").asText())
        .isEqualTo("unknown_field");
  }

  @Test
  void customers_seeTheEffectOfAConsent_withoutAnyChange() {
    JsonNode use =
        use("{\"change\":\"grant\",\"purpose\":\"" + PERSONALISE + "\",\"app\":\"shop\"}");
    assertThat(use.at("/now/decision").asText()).isEqualTo("refuse");
    assertThat(use.at("/now/reasons").toString()).isEqualTo("[\"NO_CONSENT\"]");
    assertThat(use.at("/then/decision").asText()).isEqualTo("permit");
    assertThat(use.at("/then/attributes").toString())
        .contains(
            "{\"attribute\":\"country\",\"release\":\"clear\"}",
            "{\"attribute\":\"email\",\"release\":\"masked\",\"mask\":\"LAST_FOUR\"}");
    assertThat(vault.ask("1", "country").status()).isEqualTo(403);
    assertThat(ok(vault.get(ann, "/v1/me/consents")).body().get("consents")).isEmpty();
  }

  @Test
  void whatIf_predictsTheRealCall() {
    grant("");
    for (String change :
        List.of(
            "{\"change\":\"withdraw\",\"purpose\":\"" + PERSONALISE + "\",\"app\":\"*\"}",
            "{\"change\":\"object\",\"purpose\":\"dpv:ServiceManagement\"}",
            "{\"change\":\"restrict\"}")) {
      JsonNode use = use(change);
      assertThat(use.at("/now/decision").asText()).isEqualTo("permit");
      assertThat(use.at("/then/decision").asText()).isEqualTo("refuse");
      assertThat(use.get("differs").asBoolean()).isTrue();
    }
    JsonNode predicted = use("{\"change\":\"object\",\"purpose\":\"dpv:ServiceManagement\"}");
    ok(vault.put(ann, "/v1/me/objections/dpv:ServiceManagement", ""));
    JsonNode real = use("{\"change\":\"object\",\"purpose\":\"dpv:ServiceManagement\"}");
    assertThat(real.get("now")).isEqualTo(predicted.get("then"));
    assertThat(
            use("{\"change\":\"lift-objection\",\"purpose\":\"dpv:ServiceManagement\"}")
                .at("/then/decision")
                .asText())
        .isEqualTo("permit");
  }

  @Test
  void anOperator_seesTheEffectOfARegistration() {
    vault.register(
        "/v1/apps/shop",
        "{\"name\":\"Shop\",\"purposes\":[\"dpv:DirectMarketing\"],\"facets\":[]}");
    ok(vault.put(ann, "/v1/me/consents/dpv:DirectMarketing/shop", ""));
    vault.register(
        "/v1/apps/shop",
        "{\"name\":\"Shop\",\"purposes\":[\"" + PERSONALISE + "\"],\"facets\":[]}");
    Answered refused =
        vault.get(
            vault.token(Role.APP, "shop"),
            "/v1/customers/customer_number:1/context?purpose=dpv:DirectMarketing&attributes=country");
    assertThat(refused.status()).isEqualTo(403);
    ObjectNode request = period().put("app", "shop");
    request.putArray("purposes").add("dpv:DirectMarketing");
    JsonNode answer =
        ok(vault.post(operator, "/v1/policy/what-if", request.toString(), Map.of())).body();
    assertThat(answer.at("/replay/flips/0/change").asText()).isEqualTo("newly-allowed");
    assertThat(answer.at("/replay/flips/0/reasons/0").asText()).isEqualTo("PURPOSE_NOT_REGISTERED");
    JsonNode use = answer.at("/uses/0");
    assertThat(use.at("/saidNothing/decision").asText()).isEqualTo("refuse");
    assertThat(use.at("/consented/decision").asText()).isEqualTo("permit");
    assertThat(use.at("/consented/attributes").toString())
        .contains("{\"attribute\":\"country\",\"release\":\"clear\"}", "CATEGORY_NOT_ALLOWED");
  }

  private String url() {
    return "http://127.0.0.1:" + vault.vault().port();
  }

  @Test
  void theCommands_callTheRunningVault_andExitWithThreeIfMoreIsAllowed(@TempDir Path files)
      throws Exception {
    long refused = asked("1", "country");
    ObjectNode data = (ObjectNode) JSON.readTree(Bundle.builtIn().data());
    ((ObjectNode) data.at(PURPOSES).get(PERSONALISE)).put("basis", "eu-gdpr:A6-1-f");
    ((ObjectNode) data.get("contextkeep")).remove("golden");
    Path changed = Files.writeString(files.resolve("data.json"), data.toString());
    String from = period().get("from").asText();
    String until = period().get("until").asText();
    CommandRun replay = policy("replay", url(), from, until);
    assertThat(replay.code()).as(replay.toString()).isZero();
    CommandRun changedReplay = policy("replay", url(), from, until, changed.toString());
    assertThat(changedReplay.code()).isEqualTo(PolicyClient.NEWLY_ALLOWS);
    assertThat(changedReplay.out()).contains("newly-allowed");
    CommandRun explained = policy("explain", url(), String.valueOf(refused));
    assertThat(explained.code()).as(explained.toString()).isZero();
    assertThat(explained.out()).contains("NO_CONSENT", "wouldHelp");
    CommandRun whatIf =
        policy("what-if", url(), "shop", "dpv:CustomerCare,dpv:Marketing", from, until);
    assertThat(whatIf.code()).as(whatIf.toString()).isZero();
    assertThat(whatIf.out()).contains("explicitlyConsented");
    policy("replay", url(), from, from).endedWith(PolicyClient.REFUSED, "from");
    policy("explain", url(), "none").endedWith(PolicyClient.REFUSED, "no_decision");
    policy("replay", url(), from).endedWith(2, "Missing required parameter: '<until>'");
    policy("replay", url(), from, until, files.resolve("gone").toString())
        .endedWith(2, "File not found");
    Path noJson = Files.writeString(files.resolve("broken.json"), "{");
    policy("replay", url(), from, until, noJson.toString()).endedWith(2, "is not JSON");
  }

  private CommandRun policy(String... arguments) {
    return CommandRun.of(
        Map.of("CONTEXTKEEP_TOKEN", operator),
        Stream.concat(Stream.of("policy"), Stream.of(arguments)).toArray(String[]::new));
  }
}
