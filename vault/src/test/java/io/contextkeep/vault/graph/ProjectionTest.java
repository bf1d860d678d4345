package io.contextkeep.vault.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.Vocabulary;
import io.contextkeep.vault.db.Sql;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.jena.sparql.core.Quad;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Order(1)
final class ProjectionTest {
  @TempDir Path dir;
  private Fixture data;

  @BeforeEach
  void open() throws Exception {
    data = new Fixture(dir);
  }

  @AfterEach
  void close() {
    data.close();
  }

  @Test
  void aBacklog_isProjectedInSlices_oneWriteEach() {
    data.consent(List.of(data.customer(), data.customer()), new Random(1), 1_001);
    data.batch("crm", new Random(1));
    try (Session session = session()) {
      assertThat(session.projection().step()).isTrue();
      assertThat(session.projection().step()).isTrue();
      assertThat(session.projection().step()).isFalse();
      assertThat(session.projection().step()).isFalse();
      Progress progress = session.projection().progress();
      assertThat(progress.consents()).isEqualTo(1_001);
      assertThat(progress.batches()).isEqualTo(1);
      assertThat(progress.writes()).isEqualTo(3);
      assertThat(data.origin.lag().isNone()).isTrue();
    }
  }

  /** Simulates by a sparse file the blocks that large writes leave behind. */
  @Test
  void filesThatOutgrowTheirContent_areCompacted() throws Exception {
    data.consent(List.of(data.customer()), new Random(1), 10);
    try (Session session = session()) {
      session.work();
      assertThat(session.projection().isBloated()).isFalse();
      try (Stream<Path> files = Files.walk(dir);
          RandomAccessFile replaced =
              new RandomAccessFile(
                  files
                      .filter(file -> file.endsWith("Data-0001"))
                      .findFirst()
                      .orElseThrow()
                      .resolve("replaced")
                      .toFile(),
                  "rw")) {
        replaced.setLength(4L << 30);
      }
      assertThat(session.projection().isBloated()).isTrue();
      session.work();
      assertThat(session.projection().isBloated()).isFalse();
      assertThat(session.projection().progress().writes()).isZero();
    }
  }

  /**
   * Consents, batches, accesses, erasures, prunings, crashes between any two steps and reopenings,
   * in random order: the graph equals one that is rebuilt from the same database.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void afterAnySequenceOfEvents_theGraphMatchesTheDatabase(long seed) throws Exception {
    Random random = new Random(seed);
    List<SubjectId> customers = new ArrayList<>(List.of(data.customer(), data.customer()));
    List<SubjectId> erased = new ArrayList<>();
    Session session = session();
    long graph = session.projection().progress().graph();
    for (int round = 0; round < 25; round++) {
      Progress before = session.projection().progress();
      switch (random.nextInt(9)) {
        case 0 -> data.consent(customers, random, 1 + random.nextInt(700));
        case 1 -> data.batch("crm", random);
        case 2 -> customers.add(data.customer());
        case 3 -> session.work();
        case 4 -> {
          if (customers.size() > 1) {
            SubjectId gone = customers.remove(random.nextInt(customers.size()));
            data.erase(gone);
            erased.add(gone);
          }
        }
        case 5 -> data.accesses(random, 1 + random.nextInt(300));
        case 6 -> data.prune();
        case 7 -> {
          session.projection().step();
          data.db.inWrite(before::store);
          session = reopened(session);
        }
        default -> {
          session.directory().mark(data.origin.after(before).next());
          session = reopened(session);
        }
      }
    }
    while (!session.work().isNothing()) {
      // Repeated until there is no work left.
    }
    assertThat(session.projection().progress().graph()).isEqualTo(graph);
    session.close();

    assertThat(Fixture.quads(dir.resolve("graph"))).isNotEmpty().isEqualTo(madeAnew());
    assertThat(erased).allSatisfy(gone -> assertThat(filesWith(gone.toString())).isEmpty());
  }

  @Test
  void anHour_isProjectedOnce_whenALaterOneHasBegun() {
    Random random = new Random(1);
    try (Session session = session()) {
      data.accesses(random, 300);
      assertThat(data.origin.lag().accesses())
          .as("an incomplete hour does not count as lag")
          .isZero();
      data.hours(3);
      data.accesses(random, 1);
      assertThat(data.origin.lag().accesses()).isEqualTo(1);
      data.prune();
      session.work();
      assertThat(data.origin.lag().isNone()).isTrue();
    }
    assertThat(Fixture.quads(dir.resolve("graph")))
        .anySatisfy(
            quad ->
                assertThat(quad.getSubject().getURI())
                    .matches("urn:contextkeep:accesses:2023-11-1[45]T[0-9]{2}"))
        .filteredOn(quad -> quad.getPredicate().getURI().equals(Vocabulary.COUNT))
        .extracting(quad -> ((Number) quad.getObject().getLiteralValue()).intValue())
        .satisfies(counts -> assertThat(counts).hasSizeGreaterThan(6))
        .satisfies(
            counts -> assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(300));
  }

  @Test
  void aGraphAheadOfTheDatabase_isRebuilt() {
    data.consent(List.of(data.customer()), new Random(1), 2);
    long graph;
    try (Session session = session()) {
      session.projection().step();
      graph = session.projection().progress().graph();
    }
    try (Session session =
        Session.open(
            data.origin,
            dir.resolve("graph"),
            new Lending(),
            new Newest(1, 0, 0, 0, 0),
            data.secureRandom,
            false)) {
      assertThat(session.projection().progress().graph()).isNotEqualTo(graph);
      assertThat(session.projection().progress().consents()).isZero();
    }
  }

  @Test
  void aDatabaseAheadOfTheMark_orOfAnotherGraph_causesARebuild() {
    data.consent(List.of(data.customer()), new Random(1), 2);
    for (String change :
        List.of("UPDATE projection SET batches = 1", "UPDATE projection SET graph = 7")) {
      Progress before;
      try (Session session = session()) {
        session.projection().step();
        before = session.projection().progress();
      }
      data.db.inWrite(c -> Sql.update(c, change));
      try (Session session = session()) {
        assertThat(session.projection().progress().graph()).isNotEqualTo(before.graph());
        assertThat(session.projection().progress().consents()).isZero();
      }
    }
  }

  @Test
  void aMissingOrMalformedMark_causesARebuild() throws Exception {
    for (String mark : new String[] {"", "graph 1", "graph 1 consents -1 batches 0 writes 0\n"}) {
      long graph;
      try (Session session = session()) {
        graph = session.projection().progress().graph();
      }
      Files.writeString(dir.resolve("graph/projected"), mark);
      try (Session session = session()) {
        assertThat(session.projection().progress().graph()).isNotEqualTo(graph);
      }
    }
  }

  @Test
  void aSecondProcess_isRefused() {
    try (Session session = session()) {
      assertThat(session.projection().progress().consents()).isZero();
      assertThatThrownBy(this::session).isInstanceOf(GraphBusy.class);
    }
    session().close();
  }

  @Test
  void aReplacedGraph_isNotWritten() {
    data.consent(List.of(data.customer()), new Random(1), 2);
    try (Session session = session()) {
      data.db.inWrite(c -> Sql.update(c, "UPDATE projection SET graph = 7"));
      assertThatThrownBy(() -> session.projection().step())
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private Session session() {
    return Session.open(
        data.origin,
        dir.resolve("graph"),
        new Lending(),
        data.origin.newest(),
        data.secureRandom,
        false);
  }

  private Session reopened(Session session) {
    session.close();
    return session();
  }

  private Set<Quad> madeAnew() {
    Path other = dir.resolve("other");
    try (Session session =
        Session.open(
            data.origin, other, new Lending(), data.origin.newest(), data.secureRandom, false)) {
      while (session.projection().step()) {
        // Repeated until the graph is complete.
      }
    }
    return Fixture.quads(other);
  }

  private List<Path> filesWith(String text) throws Exception {
    try (Stream<Path> files = Files.walk(dir)) {
      List<Path> found = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
      return found;
    }
  }
}
