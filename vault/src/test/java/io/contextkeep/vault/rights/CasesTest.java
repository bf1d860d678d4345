package io.contextkeep.vault.rights;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.SqliteSteps;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The counts of due and overdue cases, which metrics read every few seconds. */
final class CasesTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private final Cases cases = new Cases((_, _, _) -> {});
  private Db db;

  @BeforeEach
  void open(@TempDir Path dir) {
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new);
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void dueAndOverdueCases_areCountedLikeTheirStates() {
    Duration tick = Duration.ofMillis(1);
    for (Instant due :
        new Instant[] {
          NOW.minus(Duration.ofDays(400)),
          NOW.minus(tick),
          NOW,
          NOW.plus(tick),
          NOW.plus(Clock.SOON),
          NOW.plus(Clock.SOON).plus(tick)
        }) {
      add(due, false, 1);
      add(due, true, 1);
    }
    assertThat(db.<Long>inRead(c -> cases.overdue(c, NOW))).isEqualTo(3);
    assertThat(db.<Long>inRead(c -> cases.dueSoon(c, NOW))).isEqualTo(2);
    assertThat(Clock.of(NOW, Optional.empty(), NOW)).isEqualTo(Clock.OVERDUE);
    assertThat(Clock.of(NOW.plus(Clock.SOON), Optional.empty(), NOW)).isEqualTo(Clock.DUE_SOON);
  }

  @Test
  void theWorkOfCounting_doesNotGrowWithAnsweredCases() {
    add(NOW, false, 3);
    long few = db.inRead(c -> SqliteSteps.of(c, this::count));
    add(NOW, true, 3_000);
    assertThat(db.<Long>inRead(c -> SqliteSteps.of(c, this::count))).isEqualTo(few);
  }

  private long count(Connection c) throws SQLException {
    return cases.dueSoon(c, NOW) + cases.overdue(c, NOW);
  }

  private void add(Instant due, boolean answered, int many) {
    db.inWrite(
        c ->
            Sql.update(
                c,
                """
                INSERT INTO rights_request
                  (id, kind, term, rules, jurisdiction, state, made, due, extended, answered)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                SELECT hex(randomblob(16)), 'access', 't', 'r', 'EU', 's', 0, ?, 0, ? FROM n\
                """,
                many,
                due.toEpochMilli(),
                answered ? 1L : null));
  }
}
