package io.contextkeep.vault.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProjectorTest {
  private static final Duration LONG = Duration.ofMinutes(2);

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
  void theGraph_followsCommits_andContinuesAfterARestart() {
    List<SubjectId> customers = List.of(data.customer(), data.customer());
    for (int start = 0; start < 2; start++) {
      try (Projector projector = start()) {
        for (int round = 0; round < 3; round++) {
          data.consent(customers, new Random(round), 10);
          data.batch("crm", new Random(round));
          assertThat(projector.awaitCaughtUp(LONG)).isTrue();
          assertThat(projector.lag()).isEqualTo(new Projector.Lag(0, 0, 0, 0, 0, 0));
        }
      }
    }
    assertThat(Fixture.quads(dir.resolve("graph"))).hasSizeGreaterThan(2 * 3 * 10 * 10);
  }

  @Test
  void refusedRows_showInTheLag_andDelayNoErasure() {
    data.batch("Ann Miller", new Random(1));
    SubjectId ann = data.customer();
    data.consent(List.of(ann), new Random(1), 1);
    data.erase(ann);
    try (Projector projector = start()) {
      while (projector.lag().erasures() > 0) {
        assertThat(projector.awaitCaughtUp(Duration.ofMillis(50))).isFalse();
      }
      assertThat(projector.lag()).isEqualTo(new Projector.Lag(1, 1, 0, 1, 0, 0));
    }
    assertThat(Fixture.quads(dir.resolve("graph"))).isEmpty();
  }

  /** A whole slice of them is not the end. */
  @Test
  void eventsOfACustomerWhoIsBeingErased_areSkipped_andNoneAfterThemIsMissed() {
    SubjectId ann = data.customer();
    data.consent(List.of(ann), new Random(1), Fixture.SLICE);
    data.db.inWrite(c -> Sql.update(c, "UPDATE subject SET erasing = 1"));
    SubjectId bob = data.customer();
    data.consent(List.of(bob), new Random(1), 10);
    try (Projector projector = start()) {
      assertThat(projector.awaitCaughtUp(LONG)).isTrue();
    }
    assertThat(Fixture.quads(dir.resolve("graph")))
        .noneMatch(quad -> quad.toString().contains(ann.toString()))
        .anyMatch(quad -> quad.toString().contains(bob.toString()));
  }

  /** A start after the end has valid forms, so the guard accepts it. */
  @Test
  void nonconformingRows_areNotWritten_untilTheyConform() {
    data.batch("crm", new Random(1));
    data.db.inWrite(c -> Sql.update(c, "UPDATE batch SET started = ended + 1"));
    try (Projector projector = start()) {
      assertThat(projector.awaitCaughtUp(Duration.ofSeconds(1))).isFalse();
      assertThat(projector.lag()).isEqualTo(new Projector.Lag(0, 1, 0, 0, 0, 0));
      data.db.inWrite(c -> Sql.update(c, "UPDATE batch SET started = ended"));
      assertThat(projector.awaitCaughtUp(LONG)).isTrue();
    }
    assertThat(Fixture.quads(dir.resolve("graph"))).isNotEmpty();
  }

  /** Checks the rewriting, without which numbers remain in space that page splits left unused. */
  @Test
  void afterErasures_theDatabaseHasNoneOfTheNumbers() throws Exception {
    Random random = new Random(1);
    List<SubjectId> customers = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      customers.add(data.customer(random));
    }
    data.consent(customers, random, 1_500);
    List<SubjectId> gone = customers.subList(0, 80);
    gone.forEach(data::erase);
    data.db.inWrite(c -> Sql.update(c, "UPDATE graph_erasure SET subject = -subject"));
    data.db.truncateWal();
    assertThat(found(gone)).isNotEmpty();
    data.db.inWrite(c -> Sql.update(c, "UPDATE graph_erasure SET subject = -subject"));

    try (Projector projector = start()) {
      assertThat(projector.awaitCaughtUp(LONG)).isTrue();
      assertThat(found(gone)).isEmpty();
      assertThat(found(customers.subList(80, 400))).hasSizeGreaterThan(300);
    }
  }

  private List<SubjectId> found(List<SubjectId> subjects) throws Exception {
    String bytes = Files.readString(dir.resolve("vault.db"), StandardCharsets.ISO_8859_1);
    return subjects.stream()
        .filter(
            subject -> {
              byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(subject.value()).array();
              return bytes.contains(new String(value, StandardCharsets.ISO_8859_1));
            })
        .toList();
  }

  @Test
  void whileAnotherProcessHasTheGraph_theProjectorWaits() {
    data.consent(List.of(data.customer()), new Random(1), 5);
    GraphDirectory taken = GraphDirectory.take(dir.resolve("graph"));
    try (Projector projector = start()) {
      assertThat(projector.awaitCaughtUp(Duration.ofMillis(300))).isFalse();
      taken.close();
      assertThat(projector.awaitCaughtUp(LONG)).isTrue();
    }
  }

  @Test
  void theProjector_closesDuringAnyWork() {
    Projector projector = start();
    projector.close();
    data.consent(List.of(data.customer()), new Random(1), 5);
    assertThat(projector.awaitCaughtUp(Duration.ofMillis(1))).isFalse();
    assertThat(projector.lag().consents()).isEqualTo(5);
  }

  private Projector start() {
    Projector projector =
        Projector.of(
            data.db,
            data.batches,
            dir.resolve("graph"),
            data.secureRandom,
            Thread::new,
            InstantSource.system());
    projector.start();
    return projector;
  }
}
