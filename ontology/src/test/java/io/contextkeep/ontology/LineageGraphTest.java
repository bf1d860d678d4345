package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.records.Shapes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.junit.jupiter.api.Test;

/** The stored lineage, which passes both guards, and personal data, which does not. */
final class LineageGraphTest {
  private static final DataCategory INTEREST = DataCategory.parse("pd:Interest").orElseThrow();
  private static final DataCategory PURCHASE = DataCategory.parse("pd:Purchase").orElseThrow();

  private static IngestBatch derived(int count) {
    IngestBatch batch = Examples.batch(2);
    TreeMap<DataCategory, Integer> kept = new TreeMap<>();
    kept.put(INTEREST, 3);
    return new IngestBatch(
        2,
        batch.id(),
        "brain",
        batch.started(),
        batch.ended(),
        kept,
        List.of(
            new BatchDerivation(
                INTEREST,
                true,
                "churn.v3",
                count,
                List.of(new BatchDerivation.Input(Examples.batch(1).id(), PURCHASE)))));
  }

  private static Invalidation removal() {
    TreeMap<DataCategory, Integer> removed = new TreeMap<>();
    removed.put(INTEREST, 3);
    return new Invalidation(1, Instant.parse("2026-11-24T12:00:00Z"), removed);
  }

  @Test
  void aDerivation_refersToItsInputsAndItsRule() {
    NamedGraph graph = LineageGraph.of(derived(2));
    String batch = "urn:contextkeep:batch:" + derived(2).id();
    String made = batch + ":pd:Interest:inferred:churn.v3";
    assertThat(graph.triples().stream())
        .contains(
            triple(
                made,
                Vocabulary.DERIVED_FROM,
                "urn:contextkeep:batch:" + Examples.batch(1).id() + ":pd:Purchase"),
            triple(made, Vocabulary.TYPE, Vocabulary.INFERRED_DATA),
            triple(batch, Vocabulary.HAS_PROCESSING, Vocabulary.INFER),
            triple(batch, Vocabulary.HAS_PROCESSING, Vocabulary.COLLECT),
            triple(
                batch + ":association:churn.v3",
                Vocabulary.HAD_PLAN,
                "urn:contextkeep:rule:churn.v3"));
    assertThat(LineageGraph.of(derived(3)).triples().stream())
        .as("nothing was collected")
        .doesNotContain(triple(batch, Vocabulary.HAS_PROCESSING, Vocabulary.COLLECT));
  }

  @Test
  void aRemoval_statesTheNumberAndCategory_butNotTheCustomer() {
    NamedGraph graph = LineageGraph.of(removal());
    assertThat(graph.triples().stream())
        .hasSize(8)
        .contains(
            triple(
                "urn:contextkeep:removal:1:pd:Interest",
                Vocabulary.INVALIDATED_BY,
                "urn:contextkeep:removal:1"),
            triple("urn:contextkeep:removal:1", Vocabulary.HAS_PROCESSING, Vocabulary.ERASE));
  }

  @Test
  void anHour_statesItsReadsAndTheStateOfTheLog() {
    NamedGraph graph = LineageGraph.of(Examples.hour());
    String hour = "urn:contextkeep:accesses:2026-11-24T12";
    assertThat(graph.name()).isEqualTo(hour);
    assertThat(graph.triples().stream())
        .contains(
            triple(hour + ":1", Vocabulary.HAS_PROCESSING, Vocabulary.RETRIEVE),
            triple(hour + ":1", Vocabulary.ASSOCIATED_WITH, "urn:contextkeep:app:shop"),
            triple(hour + ":1", Vocabulary.DECISION, "urn:contextkeep:decision:permit"),
            triple(hour + ":1", Vocabulary.QUALIFIED_ASSOCIATION, hour + ":1:association"),
            triple(
                hour + ":1:association",
                Vocabulary.HAD_PLAN,
                "urn:contextkeep:policy:2026-11-24.1"),
            triple(
                hour + ":1",
                Vocabulary.HAS_LEGAL_BASIS,
                "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a"),
            triple(hour + ":2", Vocabulary.DECISION, "urn:contextkeep:decision:refuse"));
    assertThat(graph.triples().find().mapWith(Triple::getPredicate).toList().toString())
        .contains(Vocabulary.SIZE_BEFORE, Vocabulary.SIZE, Vocabulary.ROOT);
    assertThat(graph.triples().toString()).as("text that is not a code").doesNotContain("Ann");
  }

  @Test
  void anIncompleteHour_orOneWithMore_isRefusedWithTheShapesMessage() {
    String hour = "urn:contextkeep:accesses:2026-11-24T12";
    Map<String, NamedGraph> broken = new TreeMap<>();
    broken.put(
        "hour of accesses: root of the log is one hash",
        LineageGraph.of(Examples.hour())
            .add(hour, Vocabulary.ROOT, "QW5uIE1pbGxlcg==", XSDDatatype.XSDbase64Binary));
    broken.put(
        "hour of accesses: the log was smaller before it",
        LineageGraph.of(Examples.hour()).add(hour, Vocabulary.SIZE_BEFORE, 20));
    broken.put(
        "accesses: it has a property that has no place there",
        LineageGraph.of(Examples.hour())
            .add(
                hour + ":1",
                Vocabulary.HAS_DATA_SUBJECT,
                "urn:contextkeep:subject:0123456789abcdef"));
    broken.put(
        "accesses: decision is one of two",
        LineageGraph.of(Examples.hour())
            .add(hour + ":1", Vocabulary.DECISION, "urn:contextkeep:decision:Ann"));
    broken.put(
        "release: rho is one number",
        LineageGraph.of(Examples.release()).add("urn:contextkeep:release:3", Vocabulary.RHO, 1));
    broken.put(
        "lineage: what has a start is a batch or an hour, whole",
        new NamedGraph(hour).add(hour, Vocabulary.STARTED_AT, Instant.EPOCH));
    broken.forEach(
        (words, graph) ->
            assertThatThrownBy(() -> Shapes.ofStored().checked(graph))
                .isInstanceOf(PiiRefused.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("2026"));
  }

  @Test
  void writtenGraphs_passBothGuards() {
    for (NamedGraph graph :
        List.of(
            LineageGraph.of(Examples.batch(1)),
            LineageGraph.of(derived(2)),
            LineageGraph.of(removal()),
            LineageGraph.of(Examples.release()),
            LineageGraph.of(Examples.hour()))) {
      assertThat(Shapes.ofStored().faults(graph.triples())).isEmpty();
      assertThatCode(() -> check(graph)).doesNotThrowAnyException();
    }
  }

  @Test
  void personalDataInPlaceOfACode_isRefusedByBothGuards() {
    NamedGraph rule =
        LineageGraph.of(derived(2))
            .add(
                "urn:contextkeep:batch:" + derived(2).id() + ":association:churn.v3",
                Vocabulary.HAD_PLAN,
                "urn:contextkeep:rule:Ann-Miller");
    assertThat(Shapes.ofStored().faults(rule.triples()))
        .contains("lineage rule: it is one code with a version");
    NamedGraph named =
        LineageGraph.of(removal())
            .add(
                "urn:contextkeep:removal:1",
                Vocabulary.HAS_DATA_SUBJECT,
                "urn:contextkeep:subject:0123456789abcdef");
    assertThat(Shapes.ofStored().faults(named.triples()))
        .contains("removal: it has a property that has no place there");
    NamedGraph words =
        LineageGraph.of(removal())
            .add(
                "urn:contextkeep:removal:1:pd:Interest",
                Vocabulary.COUNT,
                "Ann Miller",
                XSDDatatype.XSDstring);
    for (NamedGraph broken : List.of(rule, words)) {
      assertThatThrownBy(() -> check(broken)).isInstanceOf(PiiRefused.class);
    }
  }

  private static Triple triple(String subject, String property, String object) {
    return Triple.create(
        NodeFactory.createURI(subject),
        NodeFactory.createURI(property),
        NodeFactory.createURI(object));
  }

  private static void check(NamedGraph graph) {
    PiiGuard.check(NodeFactory.createURI(graph.name()), () -> graph.triples().find());
  }
}
