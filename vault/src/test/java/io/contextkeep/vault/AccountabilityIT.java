package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.records.Shapes;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Past access and the records of processing, as auditors see them. */
final class AccountabilityIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String RECORDS = "/v1/audit/processing-records";

  private TestVault vault;
  private String ann;
  private String olga;
  private String ada;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + TestVault.CANARY + "\"");
    ann = vault.customer("customer_number:17850");
    olga = vault.token(Role.OPERATOR, "olga");
    ada = vault.token(Role.AUDITOR, "ada");
    later();
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  /** Advances the clock; returns an instant before all that follows. */
  private String later() {
    vault.advance(Duration.ofMinutes(1));
    String then = vault.observedNow();
    vault.advance(Duration.ofMinutes(1));
    return then;
  }

  private JsonNode asOf(String at) {
    return asOf("customer_number:17850", "dpv:ServicePersonalisation", at);
  }

  private JsonNode asOf(String customer, String purpose, String at) {
    return ok(vault.get(
            ada,
            "/v1/audit/as-of?customer=%s&app=shop&purpose=%s&at=%s"
                .formatted(customer, purpose, at)))
        .body();
  }

  private static JsonNode attribute(JsonNode seen, String name) {
    for (JsonNode attribute : seen.get("attributes")) {
      if (attribute.get("name").textValue().equals(name)) {
        return attribute;
      }
    }
    throw new AssertionError("no " + name);
  }

  @Test
  void pastAccess_changesWithEachEvent_andEarlierAnswersStay() {
    String silent = later();
    ok(vault.put(ann, CONSENT, ""));
    String given = later();
    ok(vault.put(ann, "/v1/me/objections/dpv:Personalisation", ""));
    String objected = later();
    ok(vault.delete(ann, "/v1/me/objections/dpv:Personalisation"));
    ok(vault.put(ann, "/v1/me/restriction", ""));
    String restricted = later();
    ok(vault.delete(ann, "/v1/me/restriction"));
    String freed = later();
    ok(vault.delete(ann, CONSENT));
    String withdrawn = later();
    vault.restart();

    assertThat(asOf(silent).get("reasons").toString()).contains("CONSENT");
    assertThat(asOf(given).get("decision").textValue()).isEqualTo("permit");
    assertThat(asOf(objected).get("reasons").toString()).contains("OBJECT");
    assertThat(asOf(objected).get("objections").toString()).contains("dpv:Personalisation");
    assertThat(asOf(restricted).get("restricted").booleanValue()).isTrue();
    assertThat(asOf(restricted).get("decision").textValue()).isEqualTo("refuse");
    assertThat(asOf(freed).get("decision").textValue()).isEqualTo("permit");
    assertThat(asOf(withdrawn).get("decision").textValue()).isEqualTo("refuse");

    JsonNode seen = asOf(given);
    assertThat(seen.at("/consents/0/reliedOn").booleanValue()).isTrue();
    assertThat(attribute(seen, "country").get("treatment").textValue()).isEqualTo("clear");
    assertThat(attribute(seen, "country").get("held").textValue()).isEqualTo("yes");
    assertThat(attribute(seen, "email").get("code").textValue()).isEqualTo("LAST_FOUR");
    assertThat(attribute(seen, "health_note").get("treatment").textValue()).isEqualTo("withheld");
    assertThat(attribute(seen, "email").get("held").textValue()).isEqualTo("unknown");
    assertThat(seen.get("historyWhole").booleanValue()).isTrue();
  }

  /** Checks that a real read at the same instant has the same decision. */
  @Test
  void theAnswer_equalsTheDecisionOfAReadAtThatTime() {
    ok(vault.put(ann, CONSENT, "{\"explicit\": true}"));
    JsonNode read = ok(vault.ask("17850", "country,health_note,income")).body();
    String then = vault.observedNow();
    later();
    ok(vault.delete(ann, CONSENT));
    vault.advance(Duration.ofMinutes(30));
    JsonNode seen = asOf(then);
    assertThat(seen.get("decision").textValue()).isEqualTo("permit");
    assertThat(read.get("values").has("country")).isTrue();
    assertThat(attribute(seen, "country").get("treatment").textValue()).isEqualTo("clear");
    assertThat(attribute(seen, "health_note").get("treatment").textValue()).isEqualTo("clear");
    assertThat(attribute(seen, "income").get("treatment").textValue()).isEqualTo("withheld");
  }

  @Test
  void thePolicyOfThatTime_decides() {
    vault.register(
        "/v1/apps/shop",
        """
        {"name": "Shop", "facets": [],
         "purposes": ["dpv:AccountManagement", "dpv:ServicePersonalisation"]}\
        """);
    String before = later();
    change(
        """
        {"purposes": {"dpv:AccountManagement": {"basis": "eu-gdpr:A6-1-b",
          "categories": ["pd:Country"], "masks": {}, "max_age_days": 30, "obligations": [],
          "ttl_s": 60}}}\
        """);
    String after = later();
    JsonNode then = asOf("customer_number:17850", "dpv:AccountManagement", before);
    JsonNode now = asOf("customer_number:17850", "dpv:AccountManagement", after);
    assertThat(then.get("reasons").toString()).contains("PURPOSE_UNKNOWN");
    assertThat(now.get("decision").textValue()).isEqualTo("permit");
    assertThat(attribute(now, "country").get("treatment").textValue()).isEqualTo("clear");
    assertThat(then.at("/policy/atHand").booleanValue()).isTrue();
    assertThat(then.at("/policy/dataDigest")).isNotEqualTo(now.at("/policy/dataDigest"));
    vault.restart();
    assertThat(asOf("customer_number:17850", "dpv:AccountManagement", before)).isEqualTo(then);
    JsonNode changes = records("?since=" + before).get("difference");
    assertThat(changes.get("came").findValuesAsText("purpose"))
        .containsExactly("dpv:AccountManagement");
  }

  @Test
  void anUnavailablePolicy_isNamed_andNothingIsDecided() {
    ok(vault.put(ann, CONSENT, ""));
    String before = later();
    change("{\"purposes\": {\"dpv:DirectMarketing\": {\"max_age_days\": 181}}}");
    vault
        .vault()
        .db()
        .inWrite(c -> Sql.update(c, "UPDATE policy_version SET code_digest = 'gone' WHERE id = 1"));
    JsonNode seen = asOf(before);
    assertThat(seen.get("decision").textValue()).isEqualTo("undecided");
    assertThat(seen.get("reasons").toString()).contains("POLICY_NOT_AT_HAND");
    assertThat(seen.at("/policy/policyDigest").textValue()).isEqualTo("gone");
    assertThat(seen.at("/policy/atHand").booleanValue()).isFalse();
    assertThat(seen.at("/attributes/0").has("treatment")).isFalse();
    assertThat(vault.get(ada, RECORDS + "?since=" + before).status()).isEqualTo(409);
  }

  @Test
  void anAppThatWasNotRegisteredYet_hadNoAccess() {
    JsonNode before =
        ok(vault.get(
                ada,
                "/v1/audit/as-of?customer=customer_number:17850&app=newcomer"
                    + "&purpose=dpv:ServicePersonalisation&at="
                    + vault.observedNow()))
            .body();
    assertThat(before.at("/app/registered").textValue()).isEqualTo("no");
    assertThat(before.get("decision").textValue()).isEqualTo("refuse");
  }

  @Test
  void lateEvents_doNotCount_andAreShownSeparately() {
    String silent = later();
    ok(vault.put(ann, CONSENT, ""));
    String given = later();
    ok(vault.delete(ann, "/v1/me/consents/dpv:CustomerCare/shop"));
    // Evidence arrives of an earlier withdrawal that the customer had sent on paper.
    vault
        .vault()
        .db()
        .inWrite(
            c ->
                Sql.update(
                    c,
                    """
                    INSERT INTO consent_event (subject, purpose, recipient, status, explicit, notice,
                      language, method, at)
                    SELECT subject, purpose, recipient, 'WITHDRAWN', 0, notice, language, 'paper',
                      at + 1000 FROM consent_event WHERE purpose = 'dpv:ServicePersonalisation'\
                    """));
    JsonNode seen = asOf(given);
    assertThat(seen.get("decision").textValue()).isEqualTo("permit");
    assertThat(seen.at("/consents/0/status").textValue()).isEqualTo("dpv:ConsentGiven");
    assertThat(seen.at("/consents/0/statusByLaterEvents").textValue())
        .isEqualTo("dpv:ConsentWithdrawn");
    JsonNode before = asOf("customer_number:17850", "dpv:ServicePersonalisation", silent);
    assertThat(before.get("consents")).isEmpty();
    // Evidence arrives of an unknown consent too.
    vault
        .vault()
        .db()
        .inWrite(
            c ->
                Sql.update(
                    c,
                    """
                    INSERT INTO consent_event (subject, purpose, recipient, status, explicit, notice,
                      language, method, at)
                    SELECT subject, purpose, recipient, 'GIVEN', 0, notice, language, 'paper',
                      at - 120000 FROM consent_event
                    WHERE purpose = 'dpv:ServicePersonalisation' AND method <> 'paper'\
                    """));
    JsonNode late = asOf("customer_number:17850", "dpv:ServicePersonalisation", silent);
    assertThat(late.get("decision").textValue()).isEqualTo("refuse");
    assertThat(late.at("/consents/0/status").textValue()).isEqualTo("dpv:ConsentUnknown");
    assertThat(late.at("/consents/0/statusByLaterEvents").textValue())
        .isEqualTo("dpv:ConsentGiven");
    assertThat(late.at("/consents/0/reliedOn").booleanValue()).isFalse();
  }

  @Test
  void aRequestAboutACustomer_isAnEntryThatTheySee_andAnUnknownCustomerIsRefused() {
    ok(vault.put(ann, CONSENT, ""));
    asOf(later());
    JsonNode accesses = ok(vault.get(ann, "/v1/me/accesses")).body();
    assertThat(accesses.toString()).contains("as-of", "audit-view");
    JsonNode unknown =
        asOf("customer_number:404", "dpv:ServicePersonalisation", vault.observedNow());
    assertThat(unknown.get("decision").textValue()).isEqualTo("refuse");
    assertThat(unknown.get("consents")).isEmpty();
  }

  @Test
  void anErasedCustomersHistory_isGone() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.put(ann, "/v1/me/objections/dpv:Marketing", ""));
    String then = later();
    ok(vault.delete(ann, "/v1/me"));
    JsonNode seen = asOf(then);
    assertThat(seen.get("consents")).isEmpty();
    assertThat(seen.get("objections")).isEmpty();
    assertThat(
            vault
                .vault()
                .db()
                .<Long>inRead(
                    c ->
                        Sql.one(c, "SELECT count(*) FROM no_event", row -> row.getLong(1))
                            .orElseThrow()))
        .isZero();
  }

  private void change(String patch) {
    JsonNode change =
        ok(vault.post(
                olga,
                "/v1/policy/changes",
                "{\"reason\": \"As the board wants it\", \"patch\": " + patch + "}",
                Map.of()))
            .body();
    ok(
        vault.post(
            vault.token(Role.OPERATOR, "otto"),
            "/v1/policy/changes/" + change.get("id").longValue() + "/approve",
            "",
            Map.of()));
  }

  private JsonNode records(String query) {
    return ok(vault.get(ada, RECORDS + query)).body();
  }

  private HttpResponse<byte[]> as(String type, String query) {
    HttpResponse<byte[]> answer =
        vault.exchange(
            "GET",
            RECORDS + query,
            new byte[0],
            Map.of("Authorization", "Bearer " + ada, "Accept", type));
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private void notice(String name) {
    JsonNode example =
        OpenApi.bundled().document().at("/components/schemas/NoticeText/examples/0").deepCopy();
    ObjectNode notice = (ObjectNode) example;
    ((ObjectNode) notice.get("controller")).put("name", name);
    created(vault.put(olga, "/v1/notices/shop-care/1", notice.toString()));
  }

  @Test
  void theRecords_followThePolicyAndRegistrationsInForce() {
    notice("Shop Ltd");
    ok(vault.put(ann, CONSENT, ""));
    JsonNode all = records("");
    assertThat(all.get("records").findValuesAsText("purpose"))
        .containsExactly("dpv:CustomerCare", "dpv:ServicePersonalisation");
    JsonNode care = all.at("/records/0");
    assertThat(care.at("/controllers/0/name").textValue()).isEqualTo("Shop Ltd");
    assertThat(care.at("/basis").textValue()).isEqualTo("eu-gdpr:A6-1-b");
    JsonNode personal = all.at("/records/1");
    assertThat(personal.at("/consents").longValue()).isEqualTo(1);
    assertThat(personal.at("/special/0").textValue()).isEqualTo("pd:Health");
    assertThat(personal.at("/specialBasis").textValue()).isEqualTo("eu-gdpr:A9-2-a");
    assertThat(personal.at("/retention/pd:Country").textValue()).isEqualTo("P3650D");
    assertThat(personal.at("/measures").toString()).contains("dpv:EncryptionAtRest");
    assertThat(personal.at("/measures").toString()).doesNotContain("dpv:DifferentialPrivacy");
    vault.register(
        "/v1/analytics/budgets/dpv:ServicePersonalisation/shop",
        "{\"rho\": 1, \"delta\": 0.000001}");
    assertThat(records("").at("/records/1/measures").toString())
        .contains("dpv:DifferentialPrivacy");
    ok(vault.delete(ann, CONSENT));
    assertThat(records("").at("/records/1/consents").longValue()).isZero();
  }

  @Test
  void theRecordsInRdf_conformToTheirShapes_andBothFormsAgree() {
    notice("Shop Ltd");
    Graph turtle = graph(as("text/turtle", ""), Lang.TURTLE);
    assertThat(Shapes.ofProcessing().faults(turtle)).isEmpty();
    assertThat(turtle.size()).isGreaterThan(40);
    Graph jsonLd = graph(as("application/ld+json", ""), Lang.JSONLD11);
    // They have the same time of the test's clock.
    assertThat(jsonLd.isIsomorphicWith(turtle)).isTrue();
    turtle.delete(
        turtle
            .find(
                null,
                org.apache.jena.graph.NodeFactory.createURI("https://w3id.org/dpv#hasPurpose"),
                null)
            .next());
    assertThat(Shapes.ofProcessing().faults(turtle)).contains("record: purpose (b) is one term");
  }

  private static Graph graph(HttpResponse<byte[]> answer, Lang lang) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.create().source(new ByteArrayInputStream(answer.body())).lang(lang).parse(graph);
    return graph;
  }

  /** Checks that a registered name cannot bring a script or a formula to an auditor. */
  @Test
  void names_areEscapedOnThePage_andInTheTable() {
    vault.register(
        "/v1/apps/evil",
        """
        {"name": "=HYPERLINK(1)<script>alert(1)</script>", "facets": [],
         "purposes": ["dpv:CustomerCare"]}\
        """);
    HttpResponse<byte[]> page = as("text/html", "");
    assertThat(text(page)).contains("&lt;script&gt;").doesNotContain("<script");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'");
    assertThat(text(as("text/csv", ""))).contains("'=HYPERLINK");
  }

  @Test
  void changesSinceAnEarlierTime_areListed() {
    String before = later();
    vault.register(
        "/v1/apps/shop",
        "{\"name\": \"Shop\", \"facets\": [], \"purposes\": [\"dpv:DirectMarketing\"]}");
    JsonNode changes = records("?since=" + before).get("difference");
    assertThat(changes.get("came").findValuesAsText("purpose"))
        .containsExactly("dpv:DirectMarketing");
    assertThat(changes.get("gone").findValuesAsText("purpose"))
        .containsExactly("dpv:CustomerCare", "dpv:ServicePersonalisation");
    assertThat(text(as("text/csv", "?since=" + before))).contains("came", "gone");
    assertThat(text(as("text/html", "?since=" + before))).contains("What changed since");
    assertThat(vault.get(ada, RECORDS + "?since=yesterday").status()).isEqualTo(400);
    assertThat(
            vault
                .exchange(
                    "GET",
                    RECORDS + "?since=" + before,
                    new byte[0],
                    Map.of("Authorization", "Bearer " + ada, "Accept", "text/turtle"))
                .statusCode())
        .isEqualTo(400);
  }
}
