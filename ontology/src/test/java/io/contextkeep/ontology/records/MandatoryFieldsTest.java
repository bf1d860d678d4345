package io.contextkeep.ontology.records;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.ontology.Vocabulary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A reader of receipts who knows only the published profile and finds each mandatory field by DPV's
 * terms.
 */
final class MandatoryFieldsTest {
  /** The path from the receipt to a node of that section. */
  private record Way(String from, String word) {}

  private static final Map<String, List<Way>> WAYS =
      Map.of(
          "Record", List.of(new Way("Receipt", "dpv:hasRecordOfActivity")),
          "Subject", List.of(new Way("Record", "dpv:hasDataSubject")),
          "Notice", List.of(new Way("Record", "dpv:hasNotice")),
          "Process", List.of(new Way("Record", "dpv:hasProcess")),
          "Location", List.of(new Way("Process", "dpv:hasStorageCondition")),
          "Retention", List.of(new Way("Process", "dpv:hasStorageCondition")),
          "Party",
              List.of(
                  new Way("Process", "dpv:hasDataController"),
                  new Way("Process", "dpv:hasRecipient")),
          "Event", List.of(new Way("Record", "dpv:hasConsentStatus")));

  private static final Map<String, String> KINDS =
      Map.of("Location", "dpv:StorageLocation", "Retention", "dpv:StorageDuration");

  private final Graph receipt = read(Form.NEWEST.write(Samples.receipt()));

  @TestFactory
  Stream<DynamicTest> aReaderOfTheProfile_findsEveryMandatoryField() throws IOException {
    List<String[]> fields = fields();
    assertThat(fields).hasSizeGreaterThanOrEqualTo(28);
    return fields.stream()
        .map(
            field ->
                DynamicTest.dynamicTest(
                    field[0] + ": " + field[1], () -> assertFound(field[0], field[2])));
  }

  private void assertFound(String section, String words) {
    Set<Node> things = things(section);
    assertThat(things).as(section).isNotEmpty();
    for (Node thing : things) {
      for (String needed : words.split(", ")) {
        assertThat(Arrays.stream(needed.split(" or ")).anyMatch(word -> has(thing, word)))
            .as("%s of %s", needed, thing)
            .isTrue();
      }
    }
  }

  @Test
  void expiryRetentionAndState_areInTermsOfDpv() {
    Set<Node> events = things("Event");
    assertThat(events).hasSize(2);
    assertThat(values(events, "rdf:type"))
        .contains(iri("dpv:ConsentGiven"), iri("dpv:ConsentWithdrawn"));
    assertThat(literals(nodes(events, "dpv:hasDuration"), "rdf:value"))
        .containsExactly("2026-11-25T12:00:00Z");
    assertThat(literals(events, "dct:valid"))
        .containsExactlyInAnyOrder(
            "2026-11-24T12:00:00Z/2026-11-25T12:00:00Z", "2026-11-24T12:01:00Z/..");
    assertThat(literals(nodes(things("Retention"), "dpv:hasDuration"), "rdf:value"))
        .containsExactly("P2Y");
  }

  private Set<Node> things(String section) {
    Set<Node> things = new HashSet<>();
    if (section.equals("Receipt")) {
      receipt
          .find(Node.ANY, iri("rdf:type"), iri("dpv:ConsentReceipt"))
          .forEachRemaining(triple -> things.add(triple.getSubject()));
      return things;
    }
    for (Way way : Objects.requireNonNull(WAYS.get(section), section)) {
      things.addAll(nodes(things(way.from()), way.word()));
    }
    String kind = KINDS.get(section);
    if (kind != null) {
      things.removeIf(thing -> !receipt.contains(thing, iri("rdf:type"), iri(kind)));
    }
    return things;
  }

  private boolean has(Node thing, String word) {
    return receipt.contains(thing, iri(word), Node.ANY);
  }

  private Set<Node> values(Set<Node> things, String word) {
    Set<Node> values = new HashSet<>();
    for (Node thing : things) {
      receipt
          .find(thing, iri(word), Node.ANY)
          .forEachRemaining(triple -> values.add(triple.getObject()));
    }
    return values;
  }

  private Set<Node> nodes(Set<Node> things, String word) {
    Set<Node> nodes = values(things, word);
    nodes.removeIf(Node::isLiteral);
    return nodes;
  }

  private List<String> literals(Set<Node> things, String word) {
    return values(things, word).stream().map(Node::getLiteralLexicalForm).toList();
  }

  private static Node iri(String curie) {
    return NodeFactory.createURI(Vocabulary.iri(curie));
  }

  private static List<String[]> fields() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    MandatoryFieldsTest.class.getResourceAsStream("iso27560-mandatory-fields.tsv")),
                StandardCharsets.UTF_8))) {
      return in.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .toList();
    }
  }

  private static Graph read(Document document) {
    Graph graph = GraphFactory.createDefaultGraph();
    String json;
    try {
      json = new ObjectMapper().writeValueAsString(document.json());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    RDFParser.create().source(new StringReader(json)).lang(Lang.JSONLD11).parse(graph);
    return graph;
  }
}
