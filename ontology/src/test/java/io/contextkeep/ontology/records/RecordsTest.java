package io.contextkeep.ontology.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.ConsentGraph;
import io.contextkeep.ontology.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records and receipts against their golden files, another JSON-LD reader and their shapes. */
final class RecordsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, Document> GOLDEN =
      Map.of(
          "receipt-2.jsonld", Form.V2.write(Samples.receipt()),
          "refusal-2.jsonld", Form.V2.write(Samples.refusal()),
          "notice-receipt-2.jsonld", Form.V2.write(Samples.noticeReceipt()),
          "receipt.jsonld", Form.V1.write(Samples.receipt()),
          "refusal.jsonld", Form.V1.write(Samples.refusal()),
          "notice-receipt.jsonld", Form.V1.write(Samples.noticeReceipt()),
          "erasure-first.jsonld", Form.V1.write(Samples.erasure()),
          "erasure-last.jsonld", Form.V1.write(Samples.cleanedErasure()),
          "rights-request.jsonld", Samples.rightsRequest().document(),
          "erased-rights-request.jsonld", Samples.erasedRequest().document());

  /** With JAVA_TOOL_OPTIONS=-Dcontextkeep.regenerate=true it writes the files instead. */
  @TestFactory
  Stream<DynamicTest> eachForm_isWhatItWas_meansWhatItSays_andHasItsShape() {
    return GOLDEN.entrySet().stream()
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.getKey(), () -> check(golden.getKey(), golden.getValue())));
  }

  private static void check(String name, Document document) throws IOException {
    String made = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document.json()) + "\n";
    if (Boolean.getBoolean("contextkeep.regenerate")) {
      Files.writeString(
          Path.of(System.getProperty("contextkeep.root"))
              .resolve("ontology/src/test/resources/io/contextkeep/ontology/records/" + name),
          made);
      return;
    }
    assertThat(JSON.readTree(made)).isEqualTo(golden(name));
    Graph read = graph(golden(name));
    assertThat(read.isIsomorphicWith(document.graph())).isTrue();
    assertThat(shapes(name).faults(read)).isEmpty();
    shapes(name).check(document);
  }

  private static Shapes shapes(String file) {
    return file.startsWith("erasure") ? Shapes.ofErasures() : Shapes.ofRecords();
  }

  @TestFactory
  Stream<DynamicTest> aBrokenDocument_isRefused_inTheShapesWords() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String file :
        List.of("broken-records.json", "broken-records-2.json", "broken-erasures.json")) {
      for (JsonNode broken : resource(file)) {
        tests.add(
            DynamicTest.dynamicTest(broken.path("name").asText(), () -> assertRefused(broken)));
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(40);
    return tests.stream();
  }

  private static void assertRefused(JsonNode broken) throws IOException {
    JsonNode document = golden(broken.path("file").asText("receipt.jsonld"));
    String place = broken.path("at").asText();
    JsonNode parent = document.at(place.substring(0, place.lastIndexOf('/')));
    String last = place.substring(place.lastIndexOf('/') + 1);
    switch (parent) {
      case ObjectNode object when broken.has("put") -> object.set(last, broken.get("put"));
      case ObjectNode object -> assertThat(object.remove(last)).as(place).isNotNull();
      case ArrayNode array when broken.has("put") ->
          array.set(Integer.parseInt(last), broken.get("put"));
      case ArrayNode array -> array.remove(Integer.parseInt(last));
      default -> throw new IllegalArgumentException(place);
    }
    List<String> faults = shapes(broken.path("file").asText()).faults(graph(document));
    assertThat(faults)
        .as("%s", broken)
        .anyMatch(fault -> fault.contains(broken.path("says").asText()));
  }

  /** The 25 mandatory fields by their names in the specification, each required by a shape. */
  @ParameterizedTest
  @ValueSource(strings = {"records.ttl", "records-2.ttl"})
  void everyMandatoryField_isRequiredByAShape(String file) throws IOException {
    String shapes;
    try (InputStream in = Objects.requireNonNull(Shapes.class.getResourceAsStream(file))) {
      shapes = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> fields =
        List.of(
            "schema_version",
            "record_id",
            "pii_principal_id",
            "privacy_notice",
            "language",
            "purpose",
            "pii_information",
            "pii_controllers",
            "storage_locations",
            "retention_period",
            "jurisdiction",
            "recipient_third_parties",
            "withdrawal_method",
            "pii_type",
            "party_id",
            "party_address",
            "party_name",
            "party_contact",
            "party_type",
            "event_time",
            "validity_duration",
            "entity_id",
            "event_type",
            "event_state",
            "receipt_id");
    assertThat(fields).hasSize(25).allMatch(shapes::contains);
  }

  @Test
  void everyUsedTermOfDpv_isInThePublishedVocabulary() throws IOException {
    var dpv = ModelFactory.createDefaultModel();
    try (InputStream in =
        Objects.requireNonNull(Vocabulary.class.getResourceAsStream("dpv-2.3/dpv.ttl"))) {
      RDFDataMgr.read(dpv, in, Lang.TURTLE);
    }
    List<Object> meanings = new ArrayList<>(Context.RECORDS.json().values());
    meanings.addAll(Context.RECORDS_2.json().values());
    meanings.addAll(Context.ERASURES.json().values());
    meanings.addAll(Context.REQUESTS.json().values());
    for (Object meaning : meanings) {
      Object word = meaning instanceof Map<?, ?> map ? map.get("@id") : meaning;
      if (String.valueOf(word).startsWith("dpv:")) {
        assertThat(
                dpv.containsResource(
                    ResourceFactory.createResource(Vocabulary.iri(String.valueOf(word)))))
            .as("%s", word)
            .isTrue();
      }
    }
  }

  @Test
  void theMessageOfARefusal_neverHoldsTheValue() {
    Document document =
        new Document("mailto:ann@example.com", "dpv:ConsentRecord")
            .with(Word.IDENTIFIER, "ann@example.com");
    assertThatThrownBy(() -> Shapes.ofRecords().check(document))
        .isInstanceOf(ShapeRefused.class)
        .hasMessageContaining("data subject (pii_principal_id)")
        .hasMessageNotContaining("ann@");
  }

  @Test
  void aNotice_isFoundInTheCustomersLanguage() {
    Notice notice = Samples.notice();
    assertThat(notice.text(Optional.of("de-AT")).orElseThrow().language()).isEqualTo("de");
    assertThat(notice.text(Optional.of("EN")).orElseThrow().language()).isEqualTo("en");
    assertThat(notice.text(Optional.empty()).orElseThrow().language()).isEqualTo("en");
    assertThat(notice.text(Optional.of("fr"))).isEmpty();
  }

  /**
   * Checks that the guard accepts what the projection writes and refuses texts and names of
   * persons.
   */
  @Test
  void theGuardOfTheStore_acceptsConsents_andRefusesPersonalData() {
    Graph stored =
        ConsentGraph.of(Samples.ANN, Samples.receipt().consents().getFirst().events()).triples();
    assertThat(Shapes.ofStored().faults(stored)).isEmpty();
    String consent = "urn:contextkeep:consent:17";
    assertThat(guarded(stored, consent, "https://w3id.org/dpv#hasName", "Ann")).isNotEmpty();
    assertThat(guarded(stored, consent, Vocabulary.HAS_NOTICE, "ann@example.com")).isNotEmpty();
    assertThat(guarded(stored, "mailto:ann@example.com", Vocabulary.HAS_NOTICE, "x")).isNotEmpty();
    assertThat(guarded(stored, "mailto:a@example.com", "https://w3id.org/dpv#hasName", "Ann"))
        .isNotEmpty();
  }

  private static List<String> guarded(Graph clean, String subject, String property, String text) {
    Graph graph = GraphFactory.createDefaultGraph();
    clean.find().forEachRemaining(graph::add);
    graph.add(
        NodeFactory.createURI(subject),
        NodeFactory.createURI(property),
        NodeFactory.createLiteralString(text));
    return Shapes.ofStored().faults(graph);
  }

  private static Graph graph(JsonNode json) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.create().source(new StringReader(json.toString())).lang(Lang.JSONLD11).parse(graph);
    return graph;
  }

  private static JsonNode golden(String name) throws IOException {
    return resource(name);
  }

  private static JsonNode resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(RecordsTest.class.getResourceAsStream(name), name)) {
      return JSON.readTree(in);
    }
  }
}
