package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.junit.jupiter.api.Test;

final class PiiGuardTest {
  private static final Node GRAPH = NodeFactory.createURI(Urns.subject(Examples.ANN));
  private static final Node CONSENT = NodeFactory.createURI("urn:contextkeep:consent:1");

  @Test
  void everyPossibleConsent_passes() {
    long id = 1;
    for (Purpose purpose : Purpose.all()) {
      for (ConsentStatus status : ConsentStatus.values()) {
        ConsentEvent event =
            new ConsentEvent(
                id++,
                Examples.ANN,
                purpose,
                id % 2 == 0 ? "*" : "A.b_c-9",
                status,
                id % 3 == 0,
                "2026.1_b-",
                "de-Latn-DE-1996",
                "paper",
                Instant.ofEpochMilli(id),
                Instant.parse("9999-12-31T23:59:59.999999999Z"));
        NamedGraph graph = ConsentGraph.of(Examples.ANN, List.of(event));
        assertThatCode(() -> check(graph)).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void everyCategory_passes() {
    TreeMap<DataCategory, Integer> all = new TreeMap<>();
    Terms.of(Terms.Kind.CATEGORY)
        .forEach(term -> all.put(DataCategory.parse(term.curie()).orElseThrow(), 1));
    IngestBatch batch = Examples.batch(1);
    NamedGraph graph =
        LineageGraph.of(
            new IngestBatch(1, batch.id(), batch.source(), batch.started(), batch.ended(), all));
    assertThat(all).hasSizeGreaterThan(200);
    assertThatCode(() -> check(graph)).doesNotThrowAnyException();
  }

  @Test
  void freeText_isRefused_whateverItsDatatype() {
    refuses(Vocabulary.LANGUAGE, NodeFactory.createLiteralString("Ann Miller"));
    refuses(Vocabulary.LANGUAGE, NodeFactory.createLiteralLang("Ann Miller", "en"));
    refuses(Vocabulary.LANGUAGE, typed("Ann Miller", XSDDatatype.XSDlanguage));
    refuses(Vocabulary.INDICATED_AT, typed("Ann Miller", XSDDatatype.XSDdateTime));
    refuses(Vocabulary.PLACE, typed("forty-two", XSDDatatype.XSDinteger));
  }

  @Test
  void aLiteralOfTheWrongDatatype_isRefused() {
    refuses(Vocabulary.PLACE, typed("2026-11-24T12:00:00Z", XSDDatatype.XSDdateTime));
    refuses(Vocabulary.PLACE, typed("1.5", XSDDatatype.XSDdecimal));
    refuses(Vocabulary.HAS_PURPOSE, NodeFactory.createLiteralString("dpv:Marketing"));
  }

  @Test
  void anIriOfAnotherForm_isRefused() {
    refuses(Vocabulary.HAS_NOTICE, NodeFactory.createURI("mailto:ann@example.com"));
    refuses(Vocabulary.HAS_NOTICE, NodeFactory.createURI("urn:contextkeep:notice:Ann%20Miller"));
    refuses(
        Vocabulary.HAS_PURPOSE, NodeFactory.createURI("https://w3id.org/dpv#a/ann@example.com"));
    refuses(
        Vocabulary.HAS_DATA_SUBJECT, NodeFactory.createURI("urn:contextkeep:subject:ann.miller"));
    refuses(Vocabulary.TYPE, NodeFactory.createURI("https://w3id.org/dpv#DataSubject"));
    refuses("http://xmlns.com/foaf/0.1/name", NodeFactory.createURI("urn:contextkeep:app:shop"));
  }

  @Test
  void blankNodesAndUnknownGraphsAndSubjects_areRefused() {
    refuses(Vocabulary.HAS_NOTICE, NodeFactory.createBlankNode());
    Node notice = NodeFactory.createURI("urn:contextkeep:notice:v1");
    Node property = NodeFactory.createURI(Vocabulary.HAS_NOTICE);
    refuses(GRAPH, Triple.create(NodeFactory.createBlankNode(), property, notice));
    refuses(GRAPH, Triple.create(GRAPH, property, notice));
    refuses(CONSENT, Triple.create(CONSENT, property, notice));
  }

  private static void refuses(String property, Node object) {
    refuses(GRAPH, Triple.create(CONSENT, NodeFactory.createURI(property), object));
  }

  private static void refuses(Node name, Triple triple) {
    assertThatThrownBy(() -> PiiGuard.check(name, List.of(triple)))
        .isInstanceOf(PiiRefused.class)
        .hasMessageNotContainingAny("Miller", "ann", "Marketing");
  }

  private static void check(NamedGraph graph) {
    PiiGuard.check(NodeFactory.createURI(graph.name()), () -> graph.triples().find());
  }

  private static Node typed(String lexical, XSDDatatype type) {
    return NodeFactory.createLiteralDT(lexical, type);
  }
}
