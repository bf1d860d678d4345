package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The customers affected by a breach, by the log's reads and by the data held. */
final class AffectedIT {
  /** The purpose of the notices, and a broader one. */
  private static final List<String> LEGAL =
      List.of("dpv:LegalCompliance", "dpv:FulfilmentOfObligation");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LINES = "application/x-ndjson";

  private TestVault vault;
  private String ada;
  private String from;
  private String to;

  /** Three customers; the shop reads two of them within the period, one twice, and one after it. */
  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    ada = vault.token(Role.AUDITOR, "ada");
    for (String number : List.of("1", "2", "3")) {
      vault.write(number, "country", "\"" + TestVault.CANARY + "\"");
      ok(vault.put(customer(number), "/v1/me/consents/dpv:ServicePersonalisation/shop", ""));
    }
    vault.write("3", "income", "30000");
    vault.advance(Duration.ofMinutes(1));
    from = vault.observedNow();
    ok(vault.ask("1", "country"));
    vault.advance(Duration.ofMinutes(1));
    ok(vault.ask("1", "country"));
    ok(vault.ask("2", "country"));
    vault.ask("2", "income");
    vault.advance(Duration.ofMinutes(1));
    to = vault.observedNow();
    ok(vault.ask("3", "country"));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private String customer(String number) {
    return vault.customer("customer_number:" + number);
  }

  private HttpResponse<byte[]> affected(String more, String accept) {
    String body = "{\"from\": \"%s\", \"until\": \"%s\"%s}".formatted(from, to, more);
    return vault.exchange(
        "POST",
        "/v1/audit/affected",
        body.getBytes(StandardCharsets.UTF_8),
        Map.of(
            "Authorization",
            "Bearer " + ada,
            "Content-Type",
            "application/json",
            "Accept",
            accept));
  }

  private List<JsonNode> lines(String more) throws JsonProcessingException {
    HttpResponse<byte[]> answer = affected(more, LINES);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : text(answer).lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void customersWhoseDataWasRead_areListedByPseudonym_withCategoriesAndTimes() throws Exception {
    List<JsonNode> lines = lines(", \"app\": \"shop\"");
    JsonNode summary = lines.removeLast().get("summary");
    assertThat(lines).extracting(l -> l.get("reads").longValue()).containsExactlyInAnyOrder(1L, 2L);
    assertThat(lines).allMatch(l -> l.get("readCategories").toString().equals("[\"pd:Country\"]"));
    assertThat(lines).allMatch(l -> l.get("subject").textValue().matches("[0-9a-f]{16}"));
    assertThat(summary.get("customers").longValue()).isEqualTo(2);
    assertThat(summary.get("reads").longValue()).isEqualTo(3);
    assertThat(summary.get("readsOfErased").longValue()).isZero();
    assertThat(summary.get("first").textValue()).isEqualTo(from);
    assertThat(summary.get("wholeLog").booleanValue()).isTrue();
    assertThat(lines(", \"app\": \"crm\"")).hasSize(1);
    assertThat(lines(", \"app\": \"shop\", \"categories\": [\"pd:Income\"]").getLast().toString())
        .contains("\"customersRead\":0", "\"customersHeld\":1");
  }

  @Test
  void aCustomerWhoIsBeingErased_isNotAmongTheAffected() throws Exception {
    String held = ", \"source\": \"crm\"";
    List<String> all = lines(held).stream().map(l -> l.path("subject").asText()).toList();
    assertThat(all).hasSize(4);
    String between = all.get(1);
    erasing(between, 1);
    assertThat(lines(held).stream().map(l -> l.path("subject").asText()))
        .isEqualTo(all.stream().filter(one -> !one.equals(between)).toList());
    erasing(between, 0);
  }

  private void erasing(String customer, int erasing) {
    vault
        .vault()
        .db()
        .inWrite(
            c ->
                Sql.update(
                    c,
                    "UPDATE subject SET erasing = ? WHERE id = ?",
                    erasing,
                    Long.parseUnsignedLong(customer, 16)));
  }

  @Test
  void customersWhoseDataIsHeld_areListedByCategorySourceAndBatch() throws Exception {
    assertThat(lines(", \"source\": \"crm\"").getLast().at("/summary/customersHeld").longValue())
        .isEqualTo(3);
    List<JsonNode> income = lines(", \"categories\": [\"pd:Income\"]");
    assertThat(income).hasSize(2);
    assertThat(income.getFirst().get("held").longValue()).isEqualTo(1);
    assertThat(income.getFirst().get("reads").longValue()).isZero();
    assertThat(lines(", \"batches\": [\"no-such-batch\"]")).hasSize(1);
  }

  @Test
  void erasedCustomers_areCounted_butNotListed() throws Exception {
    ok(vault.delete(customer("1"), "/v1/me"));
    List<JsonNode> lines = lines(", \"app\": \"shop\"");
    JsonNode summary = lines.getLast().get("summary");
    assertThat(summary.get("customers").longValue()).isEqualTo(1);
    assertThat(summary.get("readsOfErased").longValue()).isEqualTo(2);
  }

  @Test
  void allFormats_haveTheSameContent_withoutIdentifiersAndValues() {
    String page = text(affected(", \"app\": \"shop\"", "text/html"));
    assertThat(page).contains("<td>pd:Country</td>", "For the authority", "customersRead");
    String csv = text(affected(", \"app\": \"shop\"", "text/csv"));
    assertThat(csv.lines()).hasSize(3);
    Graph graph = GraphFactory.createDefaultGraph();
    byte[] turtle = affected(", \"app\": \"shop\"", "text/turtle").body();
    RDFParser.create().source(new ByteArrayInputStream(turtle)).lang(Lang.TURTLE).parse(graph);
    assertThat(graph.find().toList())
        .filteredOn(t -> t.getSubject().getURI().startsWith("urn:contextkeep:subject:"))
        .hasSize(2)
        .allMatch(t -> t.getObject().isURI());
    assertThat(page + csv).doesNotContain("customer_number", TestVault.CANARY);
  }

  /** Notifies all customers in the auditor's list, also those who refused marketing. */
  @Test
  void anAppForNotifications_getsAddressesByPseudonym_throughTheGate() throws Exception {
    registerTheHerald();
    for (String number : List.of("1", "2", "3")) {
      vault.write(number, "email", "\"" + address(number) + "\"");
    }
    ok(vault.delete(customer("1"), "/v1/me/consents/dpv:ServicePersonalisation/shop"));
    ok(vault.put(customer("1"), "/v1/me/objections/dpv:Marketing", ""));
    ok(vault.put(customer("2"), "/v1/me/objections/dpv:CustomerCare", ""));

    List<String> listed = listed();
    JsonNode told = notified("herald", listed);
    assertThat(told.path("answers")).hasSize(2);
    assertThat(told.findValuesAsText("value"))
        .containsExactlyInAnyOrder(address("1"), address("2"));
    for (JsonNode answer : told.path("answers")) {
      assertThat(answer.path("customer").asText()).startsWith("vault_pseudonym:");
      assertThat(answer.path("basis").asText()).isEqualTo("eu-gdpr:A6-1-c");
      assertThat(answer.path("values").has("country")).isFalse();
    }
    assertThat(ok(vault.get(customer("1"), "/v1/me/accesses")).body().toString())
        .contains("herald", "dpv:LegalCompliance");
    List<String> andUnknown = new ArrayList<>(listed);
    andUnknown.add("0000000000000001");
    for (JsonNode answer : notified("shop", andUnknown).path("answers")) {
      assertThat(answer.at("/problem/reasons").toString()).contains("PURPOSE_NOT_REGISTERED");
      assertThat(answer.at("/problem/reasons")).hasSize(1);
    }
  }

  /** The law demands the notification (Art. 34), so customers cannot object to it. */
  @Test
  void affectedCustomersWithObjectionsOrRestrictions_canBeNotified() throws Exception {
    for (String number : List.of("1", "2")) {
      vault.write(number, "email", "\"" + address(number) + "\"");
    }
    for (String purpose : LEGAL) {
      ok(vault.put(customer("1"), "/v1/me/objections/" + purpose, ""));
    }
    registerTheHerald();
    for (String purpose : LEGAL) {
      ok(vault.delete(customer("1"), "/v1/me/consents/" + purpose + "/herald"));
    }
    ok(vault.put(customer("2"), "/v1/me/restriction", ""));
    assertThat(notified("herald", listed()).findValuesAsText("value"))
        .containsExactlyInAnyOrder(address("1"), address("2"));
    assertThat(vault.ask("2", "country").status()).isEqualTo(403);
    assertThat(ok(vault.get(customer("2"), "/v1/me/accesses")).body().toString())
        .contains("herald", "dpv:LegalCompliance");
  }

  @Test
  void anObjectionToALegalObligation_isRefused_andRejectedAsACase() throws Exception {
    registerTheHerald();
    vault.write("1", "email", "\"" + address("1") + "\"");
    for (String purpose : LEGAL) {
      TestVault.Answered refused = vault.put(customer("1"), "/v1/me/objections/" + purpose, "");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.body().path("code").asText()).isEqualTo("cannot_be_objected_to");
      TestVault.Answered asCase =
          vault.post(
              customer("1"),
              "/v1/me/requests",
              "{\"right\": \"objection\", \"purpose\": \"" + purpose + "\"}",
              Map.of());
      assertThat(created(asCase).body().path("steps").findValuesAsText("state"))
          .endsWith("dpv:RequestRejected");
    }
    assertThat(ok(vault.get(customer("1"), "/v1/me")).body().path("objections")).isEmpty();
  }

  @Test
  void unknownAndErasedPseudonyms_haveTheSameAnswer() throws Exception {
    registerTheHerald();
    for (String number : List.of("1", "2")) {
      vault.write(number, "email", "\"" + address(number) + "\"");
    }
    List<String> asked = new ArrayList<>(listed());
    ok(vault.delete(customer("1"), "/v1/me"));
    ok(vault.delete(customer("2"), "/v1/me"));
    asked.addAll(List.of("0000000000000000", "0000000000000002", "ffffffffffffffff"));
    JsonNode answers = notified("herald", asked).path("answers");
    assertThat(answers).hasSize(5);
    for (JsonNode answer : answers) {
      assertThat(answer.at("/problem/code").asText()).isEqualTo("not_permitted");
      assertThat(answer.at("/problem/reasons").toString()).isEqualTo("[\"NOT_PERMITTED\"]");
    }
  }

  /** A pseudonym gives access to the row itself, so sources cannot link one. */
  @Test
  void aPseudonym_cannotBeLinkedOrUsedAsAnAccount() throws Exception {
    String name = "vault_pseudonym:" + listed().getFirst();
    TestVault.Answered report =
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"vault_pseudonym": "%s"}, "attribute": "country", "observed": "%s", "value": "x"}\
            """
                .formatted(listed().getFirst(), vault.observedNow()),
            Map.of("Idempotency-Key", "pseudonym"));
    assertThat(report.body().path("kept").asInt()).isZero();
    assertThat(vault.get(vault.customer(name), "/v1/me").status()).isEqualTo(400);
    assertThat(vault.delete(vault.customer(name), "/v1/me").status()).isEqualTo(400);
    assertThat(vault.get(ada, "/v1/audit/entries?customer=" + name).status()).isEqualTo(400);
    assertThat(vault.get(vault.token(Role.APP, "shop"), asking(name)).status()).isEqualTo(200);
    for (String wrong :
        List.of(name + "0", "vault_pseudonym:", "vault_pseudonym:ABCDEF0123456789")) {
      assertThat(vault.get(vault.token(Role.APP, "shop"), asking(wrong)).status())
          .as(wrong)
          .isEqualTo(400);
    }
  }

  private static String asking(String name) {
    return "/v1/customers/"
        + name
        + "/context?purpose=dpv:ServicePersonalisation&attributes=country";
  }

  private static String address(String number) {
    return TestVault.CANARY + number + "@example.com";
  }

  /** Adds the purpose by two operators, and an app for it alone. */
  private void registerTheHerald() {
    long change =
        ok(vault.post(
                vault.token(Role.OPERATOR, "olga"),
                "/v1/policy/changes",
                """
                {"reason": "Art. 34 GDPR", "patch": {"purposes": {"dpv:LegalCompliance":
                  {"basis": "eu-gdpr:A6-1-c", "categories": ["pd:EmailAddress"], "masks": {},
                   "max_age_days": 3650, "obligations": ["NO_ONWARD_TRANSFER"], "ttl_s": 900}}}}\
                """,
                Map.of()))
            .body()
            .path("id")
            .asLong();
    ok(
        vault.post(
            vault.token(Role.OPERATOR, "otto"),
            "/v1/policy/changes/" + change + "/approve",
            "",
            Map.of()));
    vault.register(
        "/v1/apps/herald",
        "{\"name\": \"Herald\", \"facets\": [], \"purposes\": [\"dpv:LegalCompliance\"]}");
  }

  private List<String> listed() throws JsonProcessingException {
    List<JsonNode> lines = lines(", \"app\": \"shop\"");
    lines.removeLast();
    return lines.stream().map(line -> line.get("subject").textValue()).toList();
  }

  private JsonNode notified(String app, List<String> pseudonyms) {
    List<String> customers =
        pseudonyms.stream().map(one -> "\"vault_pseudonym:" + one + "\"").toList();
    return ok(vault.post(
            vault.token(Role.APP, app),
            "/v1/context",
            """
            {"purpose": "dpv:LegalCompliance", "attributes": ["email", "country"],
             "customers": %s, "reason": "Breach of 1 December"}\
            """
                .formatted(customers),
            Map.of()))
        .body();
  }

  @Test
  void malformedIncidents_areRefused_andSearchesAreLogged() throws Exception {
    for (String wrong :
        List.of(
            "",
            ", \"app\": \"shop\", \"actor\": \"x\"",
            ", \"app\": \"a b\"",
            ", \"categories\": [\"pd:Nothing\"]",
            ", \"batches\": 1",
            ", \"zzz\": 1")) {
      assertThat(affected(wrong, LINES).statusCode()).as(wrong).isEqualTo(400);
    }
    String turned = from;
    from = to;
    to = turned;
    assertThat(affected(", \"app\": \"shop\"", LINES).statusCode()).isEqualTo(400);
    assertThat(ok(vault.get(ada, "/v1/audit/entries?type=audit-view")).body().toString())
        .doesNotContain("affected");
    to = from;
    from = turned;
    lines(", \"app\": \"shop\"");
    assertThat(ok(vault.get(ada, "/v1/audit/entries?type=audit-view")).body().toString())
        .contains("affected");
  }
}
