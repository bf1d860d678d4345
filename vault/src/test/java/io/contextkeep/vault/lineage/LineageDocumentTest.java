package io.contextkeep.vault.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.records.Shapes;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import io.contextkeep.vault.registry.ValueRule;
import io.contextkeep.vault.web.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.Test;

/** A lineage with all possible parts, compared with a golden file and its shape. */
final class LineageDocumentTest {
  private static final SubjectId ANN = new SubjectId(0x0123_4567_89ab_cdefL);
  private static final Lineage.Source BRAIN = new Lineage.Source("brain", "Brain");
  private static final Lineage.Source CRM = new Lineage.Source("crm", "CRM");

  @Test
  void aLineage_matchesTheGoldenFile() throws IOException {
    assertThat(document()).hasToString(golden("lineage.jsonld").toString());
    assertThat(Json.MAPPER.<JsonNode>valueToTree(LineageAnswer.of(churn(), uses())))
        .hasToString(golden("lineage.json").toString());
  }

  @Test
  void aLineage_conformsToItsShape() {
    assertThat(faults(document())).isEmpty();
  }

  @Test
  void invalidLineages_areRefusedWithTheShapesMessages() {
    ObjectNode named = document();
    ((ObjectNode) named.path("generatedBy").path("association"))
        .put("plan", "urn:contextkeep:rule:Ann Smith");
    assertThat(faults(named)).contains("lineage: rule is a code with a version");
    ObjectNode groundless = document();
    groundless.remove("allowedBy");
    assertThat(faults(groundless)).contains("lineage: what was worked out says what allows it");
    ObjectNode unmade = document();
    unmade.remove("derivedFrom");
    assertThat(faults(unmade)).contains("lineage: what was worked out says from what");
    ObjectNode sold = document();
    sold.put("recipient", "urn:contextkeep:app:shop");
    assertThat(faults(sold)).contains("lineage: an entity has a property that has no place there");
  }

  private static ObjectNode document() {
    return LineageDocument.of(ANN, churn(), uses());
  }

  private static List<String> faults(JsonNode document) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.create()
        .source(new StringReader(document.toString()))
        .lang(Lang.JSONLD11)
        .parse(graph);
    return Shapes.ofLineage().faults(graph);
  }

  private static JsonNode golden(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(LineageDocumentTest.class.getResourceAsStream(name), name)) {
      return Json.MAPPER.readTree(in);
    }
  }

  private static Lineage.OfValue churn() {
    return new Lineage.OfValue(
        attribute("churn", "pd:Interest"),
        7,
        Origin.INFERRED,
        BRAIN,
        at(9),
        new Lineage.Writing(
            "00000000-0000-4000-8000-000000000002", Optional.of(at(10)), Optional.of(at(11))),
        at(90),
        Optional.of(
            new Lineage.Derivation(
                "churn.v3",
                List.of(
                    List.of(
                        ground(
                            "eu-gdpr:A6-1-a",
                            Optional.of(new Lineage.Consent(3, at(1), "shop.2", "en"))),
                        ground("eu-gdpr:A6-1-f", Optional.empty()))),
                List.of(
                    new Lineage.Input(
                        "country",
                        Optional.of(new Lineage.Used(2, at(5), CRM, "b")),
                        Optional.of(country())),
                    new Lineage.Input(
                        "purchase",
                        Optional.of(new Lineage.Used(0, at(6), CRM, "b")),
                        Optional.empty()),
                    new Lineage.Input("visit", Optional.empty(), Optional.empty())))));
  }

  private static Lineage.OfValue country() {
    return new Lineage.OfValue(
        attribute("country", "pd:Country"),
        2,
        Origin.COLLECTED,
        new Lineage.Source("customer", "customer"),
        at(5),
        new Lineage.Writing(
            "00000000-0000-4000-8000-000000000001", Optional.empty(), Optional.empty()),
        at(80),
        Optional.empty());
  }

  private static Lineage.Ground ground(String basis, Optional<Lineage.Consent> consent) {
    String purpose =
        consent.isPresent() ? "dpv:ServicePersonalisation" : "dpv:FraudPreventionAndDetection";
    String label =
        consent.isPresent() ? "Service Personalisation" : "Fraud Prevention and Detection";
    return new Lineage.Ground(purpose, label, BRAIN, basis, consent);
  }

  private static Uses uses() {
    return new Uses(
        List.of(
            new Uses.Use(
                new Lineage.Source("shop", "Shop"),
                "dpv:ServicePersonalisation",
                "eu-gdpr:A6-1-a",
                2,
                at(20),
                at(30),
                List.of(41L, 40L))),
        Optional.of(4L),
        true);
  }

  private static Attribute attribute(String name, String category) {
    return new Attribute(
        name,
        Attribute.Kind.VALUE,
        Facet.INTENT,
        DataCategory.parse(category).orElseThrow(),
        "low",
        "{}",
        ValueRule.of(Json.MAPPER.createObjectNode()),
        Duration.ofDays(30),
        Optional.empty());
  }

  private static Instant at(long second) {
    return Instant.ofEpochSecond(1_700_000_000L + second);
  }
}
