package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.identity.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdf.model.Property;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.vocabulary.RDF;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The complete export of a customer's data, for that customer only. */
final class ExportIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String DPV = "https://w3id.org/dpv#";
  private static final String PD = "https://w3id.org/dpv/pd#";
  private static final String SCHEMA = "https://schema.org/";
  private static final String CK = "urn:contextkeep:terms:";

  @TempDir Path dir;
  private TestVault vault;
  private String ann;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    ann = vault.customer("customer_number:17850");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  /**
   * Writes 250 events, two identifiers, values of two sources, consents with a history, and more.
   */
  private void fill() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 250; i++) {
      lines.append(
          """
          {"customer":{"customer_number":"17850","email":"%sAnn@example.com"},"event":"purchase","id":"i%d","observed":"%s","value":{"item":"%s-%d","pence":%d.10}}
          """
              .formatted(CANARY, i, vault.observedNow(), CANARY, i, i));
    }
    ingest(lines.toString());
    vault.write("17850", "email", "\"=" + CANARY + "@example.com\"");
    vault.write("17850", "income", "-50000");
    vault.write("404", "country", "\"" + CANARY + "elsewhere\"");
    ok(vault.put(ann, "/v1/me/attributes/country", "{\"value\": \"" + CANARY + "ia\"}"));
    ok(vault.put(ann, CONSENT, "{\"explicit\": true, \"notice\": \"v1\", \"language\": \"en\"}"));
    assertThat(ok(vault.ask("17850", "country")).body().has("identifiers")).isFalse();
    vault.advance(Duration.ofMillis(1));
    ok(vault.delete(ann, CONSENT));
    ok(vault.put(ann, "/v1/me/objections/dpv:Marketing", ""));
    ok(vault.put(ann, "/v1/me/restriction", ""));
  }

  private void ingest(String lines) {
    JsonNode report =
        ok(vault.post(
                vault.token(Role.SOURCE, "crm"),
                "/v1/ingest",
                lines,
                Map.of("Idempotency-Key", java.util.UUID.randomUUID().toString())))
            .body();
    assertThat(report.get("refused")).isEmpty();
  }

  private HttpResponse<byte[]> export(String token, String accept, String query) {
    Map<String, String> headers = new HashMap<>(Map.of("Authorization", "Bearer " + token));
    if (!accept.isEmpty()) {
      headers.put("Accept", accept);
    }
    return vault.exchange("GET", "/v1/me/export" + query, new byte[0], headers);
  }

  @Test
  void anExport_hasAllData_eachValueWithItsOrigin() {
    fill();
    HttpResponse<byte[]> answer = export(ann, "", "");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/ld+json");
    assertThat(answer.headers().firstValue("Link")).isEmpty();
    assertThat(answer.headers().firstValue("Content-Disposition").orElseThrow())
        .contains("attachment");
    JsonNode export = TestVault.json(answer);

    assertThat(export.at("/about/identifier").findValuesAsText("propertyID"))
        .containsExactly("customer_number", "email");
    assertThat(export.at("/about/identifier").findValuesAsText("value"))
        .containsExactly("17850", CANARY + "Ann@example.com");
    Set<String> items = new HashSet<>();
    Map<String, JsonNode> values = new HashMap<>();
    for (JsonNode item : export.at("/about/personalData")) {
      if (item.path("kind").asText().equals("event")) {
        items.add(item.at("/value/item").asText());
      } else {
        values.put(item.path("attribute").asText(), item);
      }
      assertThat(item.path("batch").asText()).isNotEmpty();
    }
    assertThat(items).hasSize(250).contains(CANARY + "-0", CANARY + "-249");
    assertThat(values).containsOnlyKeys("email", "income", "country");
    assertThat(Objects.requireNonNull(values.get("country")).path("@type").toString())
        .isEqualTo("[\"dpv:CollectedPersonalData\",\"pd:Country\"]");
    assertThat(Objects.requireNonNull(values.get("country")).path("source").asText())
        .isEqualTo("customer");
    assertThat(Objects.requireNonNull(values.get("email")).path("@type").toString())
        .isEqualTo("[\"dpv:ObservedPersonalData\",\"pd:EmailAddress\"]");
    assertThat(Objects.requireNonNull(values.get("email")).path("sourceName").asText())
        .isEqualTo("CRM");
    assertThat(export.path("consents").findValuesAsText("status"))
        .containsExactly("dpv:ConsentGiven", "dpv:ConsentWithdrawn");
    assertThat(export.path("objections").findValuesAsText("purpose"))
        .containsExactly("dpv:Marketing");
    assertThat(export.path("restricted").booleanValue()).isTrue();
    assertThat(export.path("accesses").findValuesAsText("action"))
        .contains("export", "read", "grant", "withdraw", "object", "restrict", "correct");
    assertThat(export.toString()).doesNotContain("elsewhere");
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("\"pence\":7.10");
  }

  @Test
  void theJsonLd_isReadByAnotherLibrary_withoutFetching() {
    fill();
    HttpResponse<byte[]> answer = export(ann, "application/ld+json", "");
    assertThat(TestVault.json(answer).get("@context").isObject()).isTrue();
    Model model = ModelFactory.createDefaultModel();
    RDFDataMgr.read(model, new ByteArrayInputStream(answer.body()), Lang.JSONLD11);

    Resource person =
        model.listResourcesWithProperty(RDF.type, resource(SCHEMA + "Person")).nextResource();
    List<Resource> data =
        person
            .listProperties(property(DPV + "hasPersonalData"))
            .mapWith(statement -> statement.getResource())
            .toList();
    assertThat(data).hasSize(253);
    assertThat(data).allMatch(item -> item.hasProperty(property(CK + "observed")));
    assertThat(data)
        .filteredOn(item -> item.hasProperty(RDF.type, resource(PD + "Purchase")))
        .hasSize(250)
        .allMatch(item -> item.hasProperty(RDF.type, resource(DPV + "ObservedPersonalData")))
        .allMatch(
            item ->
                item.getProperty(property(SCHEMA + "value"))
                    .getLiteral()
                    .getDatatypeURI()
                    .equals(RDF.getURI() + "JSON"));
    assertThat(person.getProperty(property(SCHEMA + "email")).getString())
        .isEqualTo("=" + CANARY + "@example.com");
    assertThat(
            person
                .listProperties(property(SCHEMA + "identifier"))
                .mapWith(s -> s.getResource().getProperty(property(SCHEMA + "value")).getString())
                .toList())
        .containsExactlyInAnyOrder("17850", CANARY + "Ann@example.com");
    assertThat(
            model
                .listObjectsOfProperty(property(DPV + "hasConsentStatus"))
                .mapWith(node -> node.asResource().getURI())
                .toList())
        .containsExactlyInAnyOrder(DPV + "ConsentGiven", DPV + "ConsentWithdrawn");
    assertThat(model.listSubjects().filterKeep(s -> s.isURIResource()).toList())
        .allMatch(subject -> subject.getURI().startsWith("urn:uuid:"));
  }

  @Test
  void theCsv_hasTheSameData_withoutFormulas() throws IOException {
    fill();
    HttpResponse<byte[]> answer = export(ann, "text/csv", "");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    List<CSVRecord> rows =
        CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(new StringReader(text))
            .getRecords();
    assertThat(rows).filteredOn(row -> row.get("part").equals("event")).hasSize(250);
    assertThat(rows)
        .filteredOn(row -> row.get("part").equals("identifier"))
        .extracting(row -> row.get("value"))
        .containsExactly("17850", CANARY + "Ann@example.com");
    CSVRecord email = row(rows, "value", "email");
    assertThat(email.get("value")).isEqualTo("'=" + CANARY + "@example.com");
    assertThat(email.get("origin")).isEqualTo("observed");
    assertThat(email.get("category")).isEqualTo("pd:EmailAddress");
    assertThat(row(rows, "value", "country").get("origin")).isEqualTo("collected");
    assertThat(row(rows, "value", "income").get("value")).isEqualTo("-50000");
    assertThat(rows)
        .filteredOn(row -> row.get("part").equals("consent"))
        .extracting(row -> row.get("status"))
        .containsExactly("GIVEN", "WITHDRAWN");
    assertThat(rows).extracting(row -> row.get("part")).contains("objection", "restriction");
    assertThat(rows)
        .filteredOn(row -> row.get("part").equals("access"))
        .extracting(row -> row.get("name"))
        .contains("export", "read");
    for (CSVRecord row : rows) {
      for (String cell : row) {
        assertThat(cell).doesNotMatch("(?s)[=+@\\t\\r].*|-[^0-9].*");
      }
    }
  }

  private static CSVRecord row(List<CSVRecord> rows, String part, String name) {
    return rows.stream()
        .filter(row -> row.get("part").equals(part) && row.get("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anExport_isDecidedAndRecorded_likeEveryRead() {
    fill();
    export(ann, "", "");
    JsonNode entries =
        ok(vault.get(vault.token(Role.AUDITOR, "aud"), "/v1/audit/entries?type=export"))
            .body()
            .get("entries");
    assertThat(entries).hasSize(1);
    JsonNode entry = entries.get(0);
    assertThat(entry.path("purpose").asText()).isEqualTo("dpv:RightsFulfilment");
    assertThat(entry.path("decision").asText()).isEqualTo("permit");
    assertThat(entry.path("categories").toString()).contains("pd:Identifier", "pd:Purchase");
    assertThat(entry.toString()).doesNotContain(CANARY).doesNotContain("17850");
    JsonNode access = ok(vault.get(ann, "/v1/me/accesses?limit=2")).body().at("/accesses/1");
    assertThat(access.path("type").asText()).isEqualTo("export");
    for (String list : List.of("asked", "released")) {
      assertThat(access.at("/details/" + list).toString()).contains("@identifiers", "purchase");
    }
  }

  @Test
  void otherCallers_cannotExport() {
    fill();
    for (Role role : List.of(Role.APP, Role.OPERATOR, Role.AUDITOR, Role.ANALYST, Role.SOURCE)) {
      assertThat(export(vault.token(role, "shop"), "", "").statusCode()).isEqualTo(403);
    }
    String other = vault.customer("customer_number:404");
    String text = new String(export(other, "", "").body(), StandardCharsets.UTF_8);
    assertThat(text).contains(CANARY + "elsewhere").doesNotContain(CANARY + "Ann");
    assertThat(export(vault.customer("customer_number:1"), "", "").statusCode()).isEqualTo(404);
    ok(vault.delete(ann, "/v1/me"));
    assertThat(export(ann, "", "").statusCode()).isEqualTo(404);
  }

  @Test
  void furtherPages_areDecidedAndRecordedAnew() {
    String large = "x".repeat(50_000);
    for (int batch = 0; batch < 3; batch++) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        lines.append(
            """
            {"customer":{"customer_number":"17850"},"event":"purchase","id":"i%d-%d","observed":"%s","value":{"item":"%d-%d","note":"%s"}}
            """
                .formatted(batch, i, vault.observedNow(), batch, i, large));
      }
      ingest(lines.toString());
    }
    Set<String> items = new HashSet<>();
    int pages = 0;
    Optional<String> query = Optional.of("");
    while (query.isPresent()) {
      HttpResponse<byte[]> answer = export(ann, "", query.get());
      JsonNode page = TestVault.json(answer);
      assertThat(answer.body().length).isLessThan(20 << 20);
      for (JsonNode item : page.at("/about/personalData")) {
        assertThat(items.add(item.at("/value/item").asText())).isTrue();
      }
      assertThat(page.at("/about/identifier")).hasSize(pages == 0 ? 1 : 0);
      query =
          answer
              .headers()
              .firstValue("Link")
              .map(link -> link.replaceFirst(".*/v1/me/export(.*)>.*", "$1"));
      assertThat(page.path("next").isMissingNode()).isEqualTo(query.isEmpty());
      pages++;
    }
    assertThat(items).hasSize(300);
    assertThat(pages).isGreaterThan(1);
    JsonNode entries =
        ok(vault.get(vault.token(Role.AUDITOR, "aud"), "/v1/audit/entries?type=export"))
            .body()
            .get("entries");
    assertThat(new HashSet<>(entries.findValuesAsText("decisionId"))).hasSize(pages);
    JsonNode view = ok(vault.get(ann, "/v1/me")).body();
    JsonNode rest = ok(vault.get(ann, view.path("next").asText())).body();
    Set<String> seen = new HashSet<>();
    for (JsonNode part : List.of(view, rest)) {
      for (JsonNode event : part.at("/values/purchase")) {
        assertThat(seen.add(event.at("/value/item").asText())).isTrue();
      }
    }
    assertThat(rest.has("identifiers")).isFalse();
    assertThat(seen).hasSizeGreaterThan(view.at("/values/purchase").size());
  }

  @Test
  void theView_showsIdentifiers_restriction_andObjections() {
    fill();
    JsonNode view = ok(vault.get(ann, "/v1/me")).body();
    assertThat(view.at("/identifiers/0/kind").asText()).isEqualTo("customer_number");
    assertThat(view.at("/identifiers/1/value").asText()).isEqualTo(CANARY + "Ann@example.com");
    assertThat(view.path("restricted").booleanValue()).isTrue();
    assertThat(view.at("/objections/0/purpose").asText()).isEqualTo("dpv:Marketing");
    assertThat(view.at("/values/purchase")).hasSize(250);
  }

  @Test
  void aValueAsDeepAsABodyMayBe_isShownAndExported() {
    String deepest = "{\"a\":".repeat(31) + "1.50" + "}".repeat(31);
    ingest(
        """
        {"customer":{"customer_number":"17850"},"event":"purchase","id":"i1","observed":"%s","value":%s}
        """
            .formatted(vault.observedNow(), deepest));
    for (String path : List.of("/v1/me", "/v1/me/export")) {
      HttpResponse<byte[]> shown =
          vault.exchange("GET", path, new byte[0], Map.of("Authorization", "Bearer " + ann));
      assertThat(new String(shown.body(), StandardCharsets.UTF_8)).contains(deepest);
    }
  }

  @Test
  void manyCategories_fitInTheLog_andTheCustomerStillSeesThemAll() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String category : categories(120)) {
      String name = "c_" + category.substring(3).toLowerCase(Locale.ROOT);
      vault.register(
          "/v1/attributes/" + name.replaceAll("[^a-z0-9_]", "_"),
          """
          {"kind": "value", "facet": "profile", "category": "%s", "sensitivity": "low",
           "schema": {"type": "string"}, "retentionDays": 30}\
          """
              .formatted(category));
      lines.append(
          """
          {"customer":{"customer_number":"17850"},"attribute":"%s","observed":"%s","value":"%s"}
          """
              .formatted(
                  name.replaceAll("[^a-z0-9_]", "_"), vault.observedNow(), CANARY + category));
    }
    ingest(lines.toString());
    assertThat(ok(vault.get(ann, "/v1/me")).body().get("values")).hasSize(120);
    JsonNode entry =
        ok(vault.get(vault.token(Role.AUDITOR, "aud"), "/v1/audit/entries?type=self-view"))
            .body()
            .at("/entries/0");
    assertThat(entry.path("categoryCount").intValue()).isGreaterThan(100);
  }

  private static List<String> categories(int most) throws IOException {
    try (InputStream terms =
        Objects.requireNonNull(
            ExportIT.class.getResourceAsStream("/io/contextkeep/ontology/terms.tsv"))) {
      return new String(terms.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("CATEGORY\tpd:"))
          .map(line -> line.split("\t", -1)[1])
          .limit(most)
          .toList();
    }
  }

  private static Resource resource(String iri) {
    return ResourceFactory.createResource(iri);
  }

  private static Property property(String iri) {
    return ResourceFactory.createProperty(iri);
  }
}
