package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.query.Dataset;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.Quad;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GraphsTest {
  @TempDir Path dir;
  private Graphs graphs;

  @BeforeEach
  void open() {
    graphs = Graphs.open(dir);
  }

  @AfterEach
  void close() {
    graphs.close();
  }

  @Test
  void writtenGraphs_areReadBack_alsoAfterReopening() {
    write(Examples.given(1, Examples.ANN));
    Set<Quad> written = graphs.read(GraphsTest::quads);
    graphs.close();
    graphs = Graphs.open(dir);
    assertThat(written).hasSize(12).isEqualTo(graphs.read(GraphsTest::quads));
  }

  @Test
  void repeatedWrites_changeNothing() {
    write(Examples.given(1, Examples.ANN));
    Set<Quad> once = graphs.read(GraphsTest::quads);
    write(Examples.given(1, Examples.ANN));
    assertThat(graphs.read(GraphsTest::quads)).isEqualTo(once);
  }

  @Test
  void aWriteThatFails_leavesNothing() {
    NamedGraph poisoned = new NamedGraph(Urns.subject(Examples.ANN));
    poisoned.add("urn:contextkeep:consent:1", Vocabulary.HAS_NOTICE, "mailto:ann@example.com");
    assertThatThrownBy(
            () ->
                graphs.write(
                    draft -> {
                      draft.add(LineageGraph.of(Examples.batch(1)));
                      draft.add(poisoned);
                    }))
        .isInstanceOf(PiiRefused.class);
    assertThat(graphs.read(GraphsTest::quads)).isEmpty();
    write(Examples.given(1, Examples.BOB));
    assertThat(graphs.read(GraphsTest::quads)).hasSize(12);
  }

  @Test
  void removal_deletesOneCustomersGraphOnly() {
    write(Examples.given(1, Examples.ANN));
    write(Examples.given(2, Examples.BOB));
    graphs.write(draft -> draft.remove(Examples.ANN));
    assertThat(graphs.read(GraphsTest::quads))
        .hasSize(12)
        .allMatch(quad -> quad.getGraph().getURI().equals(Urns.subject(Examples.BOB)));
  }

  @Test
  void removedTriples_stayInTheFiles_untilCompaction() throws IOException {
    write(Examples.given(1, Examples.ANN));
    write(Examples.given(2, Examples.BOB));
    graphs.write(draft -> draft.remove(Examples.ANN));
    assertThat(filesWith(Examples.ANN.toString())).isNotEmpty();
    graphs.compact();
    assertThat(filesWith(Examples.ANN.toString())).isEmpty();
    assertThat(filesWith(Examples.BOB.toString())).isNotEmpty();
    assertThat(Graphs.countGenerations(dir)).isEqualTo(1);
  }

  @Test
  void afterCompaction_theGraphsAreTheSame_andCanBeWritten() {
    write(Examples.given(1, Examples.ANN));
    Set<Quad> before = graphs.read(GraphsTest::quads);
    graphs.compact();
    assertThat(graphs.read(GraphsTest::quads)).isEqualTo(before);
    write(Examples.given(2, Examples.ANN));
    graphs.close();
    graphs = Graphs.open(dir);
    assertThat(graphs.read(GraphsTest::quads)).hasSize(23 + 1);
  }

  @Test
  void oldFilesLeftByACrash_areDeletedAtTheNextOpening() throws IOException {
    write(Examples.given(1, Examples.ANN));
    graphs.write(draft -> draft.remove(Examples.ANN));
    Path old = dir.resolve("Data-0001");
    Path kept = dir.resolveSibling(dir.getFileName() + "-kept");
    copy(old, kept);
    graphs.compact();
    graphs.close();
    Files.move(kept, old);
    assertThat(Graphs.countGenerations(dir)).isEqualTo(2);
    graphs = Graphs.open(dir);
    assertThat(Graphs.countGenerations(dir)).isEqualTo(1);
    assertThat(filesWith(Examples.ANN.toString())).isEmpty();
  }

  /** Records with and without an end, that share wordings and do not, of two customers. */
  private static List<ConsentEvent> events() {
    Instant end = Instant.parse("2027-01-01T00:00:00.250Z");
    return List.of(
        Examples.given(1, Examples.ANN),
        Examples.given(2, Examples.BOB),
        Examples.consent(3, Examples.ANN, "shop", ConsentStatus.WITHDRAWN, false, null),
        Examples.consent(4, Examples.ANN, "shop", ConsentStatus.GIVEN, true, end),
        Examples.consent(5, Examples.BOB, "*", ConsentStatus.REFUSED, false, null),
        Examples.consent(6, Examples.BOB, "other", ConsentStatus.GIVEN, false, end));
  }

  @Test
  void aStoredRecord_isReadAsTheTriplesThatItStandsFor() {
    events().forEach(this::write);
    assertThat(graphs.read(GraphsTest::quads)).isEqualTo(triples());
  }

  @Test
  void theStoredForm_isNotSeen() {
    events().forEach(this::write);
    assertThat(graphs.read(GraphsTest::quads))
        .noneMatch(quad -> quad.toString().contains("wording"))
        .noneMatch(quad -> quad.getSubject().isLiteral());
    graphs.read(
        dataset -> {
          DatasetGraph store = dataset.asDatasetGraph();
          assertThat(store.listGraphNodes())
              .toIterable()
              .extracting(Node::getURI)
              .containsExactlyInAnyOrder(Urns.subject(Examples.ANN), Urns.subject(Examples.BOB));
          assertThat(store.containsGraph(FoldedConsents.WORDINGS)).isFalse();
          assertThat(store.find(FoldedConsents.WORDINGS, Node.ANY, Node.ANY, Node.ANY))
              .isExhausted();
          assertThat(store.find(Node.ANY, Node.ANY, FoldedConsents.UNTIL, Node.ANY)).isExhausted();
          return 0;
        });
  }

  private static Set<Quad> triples() {
    return events().stream().flatMap(GraphsTest::triplesOf).collect(Collectors.toSet());
  }

  private static Stream<Quad> triplesOf(ConsentEvent event) {
    NamedGraph graph = ConsentGraph.of(event.subject(), List.of(event));
    return graph.triples().stream()
        .map(triple -> Quad.create(NodeFactory.createURI(graph.name()), triple));
  }

  @Test
  void whateverIsKnownOfATriple_itIsFound_andNoOther() {
    graphs.write(draft -> draft.add(LineageGraph.of(Examples.batch(1))));
    events().forEach(this::write);
    Set<Quad> all = graphs.read(GraphsTest::quads);
    assertThat(all).containsAll(triples()).hasSizeGreaterThan(triples().size());
    graphs.read(
        dataset -> {
          DatasetGraph store = dataset.asDatasetGraph();
          for (Quad quad : all) {
            for (int known = 0; known < 16; known++) {
              assertFinds(store, all, masked(quad, known));
            }
          }
          assertFinds(
              store,
              all,
              Quad.create(Node.ANY, NodeFactory.createURI("urn:x"), Node.ANY, Node.ANY));
          return 0;
        });
  }

  /** Returns a pattern with those parts of the quad whose bits are set. */
  private static Quad masked(Quad quad, int known) {
    return Quad.create(
        (known & 1) == 0 ? Node.ANY : quad.getGraph(),
        (known & 2) == 0 ? Node.ANY : quad.getSubject(),
        (known & 4) == 0 ? Node.ANY : quad.getPredicate(),
        (known & 8) == 0 ? Node.ANY : quad.getObject());
  }

  private static void assertFinds(DatasetGraph store, Set<Quad> all, Quad asked) {
    List<Quad> found = new ArrayList<>();
    store.find(asked).forEachRemaining(found::add);
    assertThat(found)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            all.stream().filter(quad -> matches(quad, asked)).toList());
  }

  private static boolean matches(Quad quad, Quad asked) {
    return is(quad.getGraph(), asked.getGraph())
        && is(quad.getSubject(), asked.getSubject())
        && is(quad.getPredicate(), asked.getPredicate())
        && is(quad.getObject(), asked.getObject());
  }

  private static boolean is(Node node, Node asked) {
    return asked.equals(Node.ANY) || asked.equals(node);
  }

  @Test
  void aRecordWithACodeThatIsNoName_isRefused_andNothingIsWritten() {
    assertThatThrownBy(
            () ->
                graphs.write(
                    draft -> {
                      draft.add(Examples.given(1, Examples.BOB));
                      draft.add(Examples.given(2, Examples.ANN).underNotice("*", "en"));
                    }))
        .isInstanceOf(PiiRefused.class);
    assertThat(graphs.read(GraphsTest::quads)).isEmpty();
  }

  @Test
  void whatOnlyARemovedCustomerSaid_leavesTheFilesWithThem() throws IOException {
    write(Examples.given(1, Examples.BOB));
    write(Examples.given(2, Examples.ANN).underNotice("for-ann-alone.1", "en"));
    assertThat(filesWith("for-ann-alone")).isNotEmpty();
    graphs.write(draft -> draft.remove(Examples.ANN));
    graphs.compact();
    assertThat(filesWith("for-ann-alone")).isEmpty();
    assertThat(graphs.read(GraphsTest::quads)).hasSize(12);
  }

  @Test
  void compaction_keepsTheFormOfTheFiles() throws IOException {
    write(Examples.given(1, Examples.ANN));
    List<String> before = indexes();
    graphs.compact();
    assertThat(indexes()).isEqualTo(before).contains("GSPO.idn").doesNotContain("GPOS.idn");
    graphs.close();
    graphs = Graphs.open(dir);
    graphs.compact();
    assertThat(indexes()).isEqualTo(before);
  }

  private List<String> indexes() throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".idn"))
          .sorted()
          .toList();
    }
  }

  private void write(ConsentEvent event) {
    graphs.write(draft -> draft.add(event));
  }

  private static Set<Quad> quads(Dataset dataset) {
    return dataset.asDatasetGraph().stream().collect(Collectors.toSet());
  }

  private List<Path> filesWith(String text) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      return files.filter(Files::isRegularFile).filter(file -> holds(file, text)).toList();
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
