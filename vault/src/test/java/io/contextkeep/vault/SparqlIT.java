package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.Sha256;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.graph.GraphModule;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Auditors' queries of a running vault's graph, named and free. */
final class SparqlIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String PURPOSE = "dpv:ServicePersonalisation";
  private static final String SPARQL = "application/sparql-query";
  private static final String JSON = "application/sparql-results+json";
  private static final String RECORDS = "SELECT ?c { ?c a <https://w3id.org/dpv#ConsentRecord> }";

  /** A query that would run endlessly, until the vault stops it. */
  private static final String ENDLESS =
      "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/dpv>"
          + " { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } }";

  private TestVault vault;
  private String ada;
  private String ann;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + TestVault.CANARY + "\"");
    ada = vault.token(Role.AUDITOR, "ada");
    ann = vault.customer("customer_number:17850");
    ok(vault.put(ann, CONSENT, ""));
    vault.catchUp();
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private HttpResponse<byte[]> ask(String type, String body, String accept) {
    return vault.exchange(
        "POST",
        "/v1/audit/sparql",
        body.getBytes(StandardCharsets.UTF_8),
        Map.of("Authorization", "Bearer " + ada, "Content-Type", type, "Accept", accept));
  }

  private HttpResponse<byte[]> ask(String query, String accept) {
    return ask(SPARQL, query, accept);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static String code(HttpResponse<byte[]> answer) {
    return answer.statusCode() + " " + TestVault.json(answer).path("code").asText();
  }

  @Test
  void theGraph_isQueried_inEachFormat() {
    HttpResponse<byte[]> json = ask(RECORDS, JSON);
    assertThat(TestVault.json(json).at("/results/bindings")).hasSize(1);
    assertThat(text(ask(RECORDS, "text/csv"))).contains("urn:contextkeep:consent:");
    assertThat(text(ask(RECORDS, "text/tab-separated-values"))).startsWith("?c\n");
    String construct = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }";
    assertThat(text(ask(construct, "text/turtle"))).contains("dpv:ConsentRecord");
    assertThat(text(ask(construct, "application/ld+json"))).contains("\"@context\"");
    assertThat(TestVault.json(ask("ASK { ?s ?p ?o }", JSON)).get("boolean").booleanValue())
        .isTrue();
    assertThat(code(ask(construct, JSON))).isEqualTo("406 not_acceptable");
    assertThat(code(ask(RECORDS, "text/turtle"))).isEqualTo("406 not_acceptable");
  }

  @Test
  void aForm_isAcceptedToo_ifItHasOnlyTheQuery() {
    String form = "application/x-www-form-urlencoded";
    String query = "query=" + URLEncoder.encode(RECORDS, StandardCharsets.UTF_8);
    assertThat(ask(form, query, JSON).statusCode()).isEqualTo(200);
    for (String wrong :
        List.of(
            "",
            "query",
            query + "&" + query,
            query + "&default-graph-uri=file%3A%2F%2F%2Fetc%2Fpasswd",
            "update=CLEAR+ALL",
            "query=%zz",
            "=")) {
      assertThat(code(ask(form, wrong, JSON))).as(wrong).isEqualTo("400 malformed_form");
    }
    assertThat(code(ask(form, "query=" + "x".repeat(9_000), JSON)))
        .isEqualTo("400 malformed_query");
    assertThat(code(ask("text/plain", RECORDS, JSON))).isEqualTo("415 unsupported_media_type");
    assertThat(code(ask("CLEAR ALL", JSON))).isEqualTo("400 malformed_query");
    assertThat(code(ask("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", JSON)))
        .isEqualTo("400 query_not_allowed");
  }

  @Test
  void queries_areLoggedBeforeTheAnswer_byTheHashOfTheirText() {
    ask(RECORDS, JSON);
    ok(
        vault.get(
            ada, "/v1/audit/queries/grants-below?broader=https://w3id.org/dpv%23Personalisation"));
    JsonNode entries = ok(vault.get(ada, "/v1/audit/entries?type=audit-view")).body();
    assertThat(entries.toString())
        .contains(Sha256.hex(RECORDS.getBytes(StandardCharsets.UTF_8)))
        .contains("grants-below", "broader:dpv:Personalisation")
        .doesNotContain("SELECT");
    assertThat(vault.logs().text()).doesNotContain("SELECT");
  }

  @Test
  void namedQueries_areListed_andWork() {
    JsonNode list = ok(vault.get(ada, "/v1/audit/queries")).body().get("queries");
    assertThat(list.findValuesAsText("name")).contains("consents-at", "withdrawals", "batches");
    JsonNode standing =
        ok(vault.get(ada, "/v1/audit/queries/consents-at?at=" + vault.observedNow())).body();
    assertThat(standing.at("/results/bindings/0/consents/value").textValue()).isEqualTo("1");
    JsonNode batches = ok(vault.get(ada, "/v1/audit/queries/batches?category=pd:Country")).body();
    assertThat(batches.at("/results/bindings/0/values/value").textValue()).isEqualTo("1");
    assertThat(vault.get(ada, "/v1/audit/queries/nothing").status()).isEqualTo(404);
    assertThat(vault.get(ada, "/v1/audit/queries/consents-at").body().get("code").textValue())
        .isEqualTo("missing_parameter");
    assertThat(vault.get(ada, "/v1/audit/queries/batches?at=x").body().get("code").textValue())
        .isEqualTo("unknown_parameter");
  }

  /** Fetches the hour's entries from the log, and checks the root of the log at that size. */
  @Test
  void anHoursAccesses_canBeCheckedAgainstTheLog() {
    ok(vault.ask("17850", "country"));
    ok(vault.ask("17850", "country"));
    assertThat(vault.ask("99999", "country").status()).isEqualTo(403);
    assertThat(accesses()).as("the hour is not over").isEmpty();
    vault.advance(Duration.ofHours(1));
    ok(vault.ask("17850", "country"));
    vault.catchUp();

    JsonNode hour = accesses();
    assertThat(hour).hasSize(2);
    for (JsonNode accesses : hour) {
      String decision = value(accesses, "decision").replace("urn:contextkeep:decision:", "");
      Instant start = Instant.parse(value(accesses, "hour"));
      String conditions =
          "/v1/audit/entries?limit=100&actor=shop&purpose=dpv:ServicePersonalisation&decision="
              + decision
              + "&from="
              + start
              + "&until="
              + start.plus(Duration.ofHours(1));
      JsonNode entries = ok(vault.get(ada, conditions)).body().get("entries");
      assertThat(entries).hasSize(decision.equals("permit") ? 2 : 1);
      assertThat(value(accesses, "count")).isEqualTo("" + entries.size());
      long size = Long.parseLong(value(accesses, "size"));
      assertThat(entries)
          .allSatisfy(
              entry ->
                  assertThat(entry.get("index").longValue())
                      .isBetween(Long.parseLong(value(accesses, "before")), size - 1));
      assertThat(checkpoint(size)).contains("\n" + size + "\n" + value(accesses, "root") + "\n");
      assertThat(value(accesses, "app")).isEqualTo("urn:contextkeep:app:shop");
      assertThat(value(accesses, "basis")).endsWith("gdpr#A6-1-a");
      assertThat(value(accesses, "policy")).startsWith("urn:contextkeep:policy:");
    }
    assertThat(hour.toString()).doesNotContain("subject", "17850");
  }

  private JsonNode accesses() {
    Instant now = vault.clock().instant();
    String times =
        "?from=" + now.minus(Duration.ofHours(3)) + "&until=" + now + "&purpose=" + PURPOSE;
    return ok(vault.get(ada, "/v1/audit/queries/accesses-by-hour" + times))
        .body()
        .at("/results/bindings");
  }

  private static String value(JsonNode binding, String name) {
    return binding.path(name).path("value").asText();
  }

  /** Returns the log's signed root of that size. */
  private String checkpoint(long size) {
    return vault
        .vault()
        .db()
        .inRead(
            c ->
                Sql.one(
                    c,
                    "SELECT note FROM audit_checkpoint WHERE size = ?",
                    row -> row.getString(1),
                    size))
        .orElseThrow();
  }

  @Test
  void anErasedCustomer_isFoundByNoQuery() {
    assertThat(text(ask(RECORDS, "text/csv"))).contains("urn:contextkeep:consent:");
    ok(vault.delete(ann, "/v1/me"));
    vault.catchUp();
    assertThat(text(ask(RECORDS, "text/csv"))).doesNotContain("urn:contextkeep:consent:");
  }

  /**
   * Checks that only two queries run at once, and that an erasure, which needs the graph alone,
   * stops them without waiting for their ten seconds.
   */
  @Test
  void tooManyConcurrentQueries_areRefused_andAnErasureStopsThem() {
    List<CompletableFuture<String>> asked = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      asked.add(CompletableFuture.supplyAsync(() -> code(ask(ENDLESS, JSON))));
    }
    List<CompletableFuture<String>> refused = new ArrayList<>();
    while (refused.size() < 4) {
      refused.clear();
      asked.stream().filter(CompletableFuture::isDone).forEach(refused::add);
      Thread.onSpinWait();
    }
    assertThat(refused.stream().map(CompletableFuture::join)).allMatch("503 overloaded"::equals);
    asked.removeAll(refused);
    ok(vault.delete(ann, "/v1/me"));
    vault.catchUp();
    assertThat(asked.stream().map(CompletableFuture::join))
        .isSubsetOf("503 no_graph", "422 query_took_too_long", "422 query_took_too_much_memory");
    assertThat(ask(RECORDS, JSON).statusCode()).isEqualTo(200);
  }

  @Test
  void aQueryThatTakesTooLong_isStopped_andTheGraphStaysOpen() {
    CompletableFuture<String> endless =
        CompletableFuture.supplyAsync(() -> code(ask(ENDLESS, JSON)));
    ok(vault.delete(ann, CONSENT));
    vault.catchUp();
    assertThat(text(ask("SELECT ?s { ?c <https://w3id.org/dpv#hasConsentStatus> ?s }", "text/csv")))
        .contains("ConsentWithdrawn");
    assertThat(endless.join()).isIn("422 query_took_too_long", "422 query_took_too_much_memory");
  }

  /** Checks that a client that leaves frees its place and its thread. */
  @Test
  void aClientThatLeaves_freesItsPlace() throws IOException {
    for (int i = 0; i < GraphModule.QUERIES_AT_ONCE; i++) {
      try (Socket socket = new Socket("127.0.0.1", vault.vault().port())) {
        String head =
            "POST /v1/audit/sparql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + ada
                + "\r\nContent-Type: "
                + SPARQL
                + "\r\nContent-Length: "
                + ENDLESS.length()
                + "\r\n\r\n";
        socket.getOutputStream().write((head + ENDLESS).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
      }
    }
    HttpResponse<byte[]> answer = ask(RECORDS, JSON);
    while (answer.statusCode() == 503) {
      answer = ask(RECORDS, JSON);
    }
    assertThat(answer.statusCode()).isEqualTo(200);
  }
}
