package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.records.Shapes;
import io.contextkeep.vault.identity.Role;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lineage that customers see, in all its formats. */
final class LineageIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/";

  @TempDir Path dir;
  private TestVault vault;
  private String ann;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.register(
        "/v1/apps/brain",
        """
        {"name": "Brain", "facets": ["intent"], "purposes": ["dpv:ServicePersonalisation"]}\
        """);
    vault.write("1", "country", "\"" + CANARY + "land\"");
    ann = vault.customer("customer_number:1");
    ok(vault.put(ann, CONSENT + "shop", ""));
    ok(vault.put(ann, CONSENT + "brain", "{\"notice\": \"v7\", \"language\": \"en\"}"));
    String line =
        """
        {"customer": {"customer_number": "1"}, "attribute": "mood", "observed": "%s", "value": "%s",\
         "derived": {"from": ["country"], "rule": "mood.v2", "kind": "inferred",\
         "purpose": "dpv:ServicePersonalisation"}}\
        """
            .formatted(vault.observedNow(), CANARY);
    Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
    JsonNode report =
        ok(vault.post(vault.token(Role.SOURCE, "brain"), "/v1/ingest", line, key)).body();
    assertThat(report.path("kept").intValue()).as("%s", report).isEqualTo(1);
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private JsonNode lineage(String attribute) {
    return ok(vault.get(ann, "/v1/me/lineage/" + attribute)).body();
  }

  @Test
  void aDerivedValue_isExplained_downToItsInputs() {
    long first = vault.ask("1", "mood").body().at("/receipt/index").longValue();
    long second = vault.ask("1", "mood,country").body().at("/receipt/index").longValue();
    vault.ask("1", "country");
    JsonNode mood = lineage("mood");
    assertThat(mood.path("origin").asText()).isEqualTo("dpv:InferredPersonalData");
    assertThat(mood.at("/source/id").asText()).isEqualTo("brain");
    assertThat(mood.at("/derivation/rule").asText()).isEqualTo("mood.v2");
    JsonNode input = mood.at("/derivation/from/0");
    assertThat(input.path("attribute").asText()).isEqualTo("country");
    assertThat(input.at("/lineage/source/name").asText()).isEqualTo("CRM");
    assertThat(input.at("/lineage/origin").asText()).isEqualTo("dpv:ObservedPersonalData");
    JsonNode ground = mood.at("/derivation/allowedBy/0/0");
    assertThat(ground.path("basis").asText()).isEqualTo("eu-gdpr:A6-1-a");
    assertThat(ground.at("/consent/notice").asText()).isEqualTo("v7");
    assertThat(mood.path("reads")).hasSize(1);
    JsonNode read = mood.at("/reads/0");
    assertThat(read.path("app").asText()).isEqualTo("shop");
    assertThat(read.path("count").intValue()).isEqualTo(2);
    assertThat(read.path("entries").valueStream().map(JsonNode::longValue))
        .containsExactly(second, first);
    assertThat(mood.toString()).doesNotContain(CANARY);
    List<String> words = mood.path("explanation").valueStream().map(JsonNode::asText).toList();
    assertThat(words)
        .anyMatch(s -> s.startsWith("Brain (brain) derived \"mood\" at "))
        .contains("It is inferred about you.")
        .contains("It was derived from \"country\" by the rule mood.v2.")
        .anyMatch(s -> s.contains("your consent to Brain (brain) for Service Personalisation"))
        .anyMatch(s -> s.startsWith("CRM (crm) observed \"country\" at "))
        .anyMatch(s -> s.startsWith("Shop (shop) read it 2 times for dpv:ServicePersonalisation"));
  }

  @Test
  void theCustomersOwnValues_areMarked_andEventsAreSummarised() {
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"" + CANARY + "\"}"));
    JsonNode country = lineage("country");
    assertThat(country.path("origin").asText()).isEqualTo("dpv:CollectedPersonalData");
    assertThat(country.at("/source/type").asText()).isEqualTo("dpv:DataSubjectDataSource");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      lines
          .append(
              "{\"customer\": {\"customer_number\": \"1\"}, \"event\": \"purchase\", \"observed\":"
                  + " \"")
          .append(vault.observedNow())
          .append("\", \"value\": {}}\n");
    }
    String crm = vault.token(Role.SOURCE, "crm");
    ok(vault.post(crm, "/v1/ingest", lines.toString(), Map.of("Idempotency-Key", "events")));
    JsonNode purchases = lineage("purchase");
    assertThat(purchases.path("kind").asText()).isEqualTo("event");
    assertThat(purchases.at("/sources/0/events").intValue()).isEqualTo(3);
    assertValid("purchase");
    assertValid("country");
  }

  @Test
  void expiredData_hasNoLineage() {
    ok(vault.delete(ann, CONSENT + "brain"));
    TestVault.Answered gone = vault.get(ann, "/v1/me/lineage/mood");
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.body().path("code").asText()).isEqualTo("not_held");
    assertThat(vault.get(ann, "/v1/me/lineage/email").body().path("code").asText())
        .isEqualTo("not_held");
    assertThat(vault.get(ann, "/v1/me/lineage/zzz").body().path("code").asText())
        .isEqualTo("unknown_attribute");
    String bob = vault.customer("customer_number:2");
    assertThat(vault.get(bob, "/v1/me/lineage/mood").body().path("code").asText())
        .isEqualTo("nothing_held");
  }

  @Test
  void everyView_isLogged() {
    lineage("mood");
    JsonNode newest = ok(vault.get(ann, "/v1/me/accesses")).body().at("/accesses/1");
    assertThat(newest.path("type").asText()).isEqualTo("self-view");
    assertThat(newest.path("action").asText()).isEqualTo("lineage");
  }

  @Test
  void theJsonLd_conformsToItsShape_withTheSameContent() {
    vault.ask("1", "mood");
    Graph graph = assertValid("mood");
    assertThat(graph.stream().map(t -> t.getPredicate().getURI()))
        .contains(
            "http://www.w3.org/ns/prov#wasDerivedFrom",
            "http://www.w3.org/ns/prov#hadPlan",
            "http://www.w3.org/ns/prov#used");
  }

  private Graph assertValid(String attribute) {
    HttpResponse<byte[]> answer =
        vault.exchange(
            "GET",
            "/v1/me/lineage/" + attribute,
            new byte[0],
            Map.of("Authorization", "Bearer " + ann, "Accept", "application/ld+json"));
    assertThat(answer.statusCode()).isEqualTo(200);
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(text).doesNotContain(CANARY);
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.create().source(new StringReader(text)).lang(Lang.JSONLD11).parse(graph);
    assertThat(Shapes.ofLineage().faults(graph)).as(text).isEmpty();
    return graph;
  }
}
