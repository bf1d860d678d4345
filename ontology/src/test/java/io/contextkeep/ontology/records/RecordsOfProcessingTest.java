package io.contextkeep.ontology.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.Vocabulary;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.Test;

/** The records of processing as RDF: their terms exist, and their shapes are checked. */
final class RecordsOfProcessingTest {
  private static final Instant AT = Instant.parse("2026-11-24T12:00:00Z");

  private static ProcessingActivity activity(Set<String> measures) {
    DataCategory health = DataCategory.parse("pd:Health").orElseThrow();
    TreeMap<DataCategory, Period> retention = new TreeMap<>();
    retention.put(health, Period.ofDays(30));
    return new ProcessingActivity(
        "shop",
        "Shop",
        Purpose.parse("dpv:ServicePersonalisation").orElseThrow(),
        LegalBasis.parse("eu-gdpr:A6-1-a").orElseThrow(),
        new TreeSet<>(Set.of(health)),
        retention,
        List.of(party("https://shop.example/", Party.Role.CONTROLLER)),
        List.of(party("urn:contextkeep:app:shop", Party.Role.RECIPIENT)),
        new TreeSet<>(Set.of("loc:DE")),
        new TreeSet<>(Set.of("loc:EU")),
        new TreeSet<>(Set.of("shop-care.1")),
        new TreeSet<>(measures));
  }

  private static Party party(String id, Party.Role role) {
    return new Party(id, role, "Shop Ltd", "1 High Street", "privacy@shop.example");
  }

  private static RecordsOfProcessing records() {
    return new RecordsOfProcessing(AT, "1")
        .with(activity(Set.of("dpv:EncryptionAtRest", "dpv:DifferentialPrivacy")), 3);
  }

  @Test
  void everyTermOfDpv_isInThePublishedVocabulary() {
    Graph dpv = GraphFactory.createDefaultGraph();
    for (String name : List.of("dpv", "pd", "eu-gdpr")) {
      InputStream in =
          Objects.requireNonNull(Vocabulary.class.getResourceAsStream("dpv-2.3/" + name + ".ttl"));
      RDFParser.create().source(in).lang(Lang.TURTLE).parse(dpv);
    }
    Set<String> used = new TreeSet<>();
    records()
        .graph()
        .find()
        .forEachRemaining(
            t ->
                Stream.of(t.getSubject(), t.getPredicate(), t.getObject())
                    .filter(Node::isURI)
                    .map(Node::getURI)
                    .filter(iri -> iri.startsWith("https://w3id.org/dpv"))
                    .filter(iri -> !iri.startsWith("https://w3id.org/dpv/loc#"))
                    .forEach(used::add));
    assertThat(used)
        .hasSizeGreaterThan(20)
        .allMatch(iri -> dpv.contains(NodeFactory.createURI(iri), Node.ANY, Node.ANY));
  }

  @Test
  void bothForms_haveTheSameTriples() {
    ByteArrayOutputStream turtle = new ByteArrayOutputStream();
    ByteArrayOutputStream jsonLd = new ByteArrayOutputStream();
    records().turtle(turtle);
    records().jsonLd(jsonLd);
    assertThat(read(turtle, Lang.TURTLE).isIsomorphicWith(read(jsonLd, Lang.JSONLD11))).isTrue();
  }

  private static Graph read(ByteArrayOutputStream bytes, Lang lang) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.create()
        .source(new ByteArrayInputStream(bytes.toByteArray()))
        .lang(lang)
        .parse(graph);
    return graph;
  }

  /** Checks that a record without one of its triples, or with another in its place, is refused. */
  @Test
  void missingMandatoryParts_areReportedByTheShapes() {
    Graph whole = records().graph();
    assertThat(Shapes.ofProcessing().faults(whole)).isEmpty();
    List<String> needed =
        List.of(
            "https://w3id.org/dpv#hasPurpose",
            "https://w3id.org/dpv#hasLegalBasis",
            "https://w3id.org/dpv#hasDataSubject",
            "https://w3id.org/dpv#hasRecipient",
            "https://w3id.org/dpv#hasTechnicalMeasure",
            "https://w3id.org/dpv#hasContact",
            "https://w3id.org/dpv#hasAddress",
            "urn:contextkeep:vocab#period",
            "urn:contextkeep:vocab#count",
            "urn:contextkeep:vocab#policyRevision");
    for (String property : needed) {
      Graph graph = records().graph();
      List<Triple> those = new ArrayList<>();
      graph.find(Node.ANY, NodeFactory.createURI(property), Node.ANY).forEachRemaining(those::add);
      those.forEach(graph::delete);
      assertThat(Shapes.ofProcessing().faults(graph)).as(property).isNotEmpty();
    }
  }

  @Test
  void nonconformingRecords_areNotWritten() {
    RecordsOfProcessing poor = new RecordsOfProcessing(AT, "1").with(activity(Set.of()), 0);
    assertThatThrownBy(() -> poor.turtle(new ByteArrayOutputStream()))
        .isInstanceOf(ShapeRefused.class)
        .hasMessageContaining("security measures (g)");
  }
}
