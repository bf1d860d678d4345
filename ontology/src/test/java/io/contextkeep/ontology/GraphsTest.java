package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.jena.query.Dataset;
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

  private void write(ConsentEvent event) {
    graphs.write(draft -> draft.add(ConsentGraph.of(event.subject(), List.of(event))));
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
