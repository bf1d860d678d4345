package io.contextkeep.vault.customers;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history of objections, also in a vault that kept none before. */
final class ObjectionHistoryTest {
  private static final SubjectId ANN = new SubjectId(7);
  private static final Instant OBJECTED = Instant.parse("2026-01-02T00:00:00Z");

  private static Db open(Path dir, List<String> migrations) {
    return Db.open(dir.resolve("vault.db"), migrations, Thread.ofPlatform().daemon().factory());
  }

  private static ObjectionHistory.Objections at(Db db, Instant instant) {
    return db.inRead(c -> ObjectionHistory.at(c, ANN, instant));
  }

  @Test
  void stateBeforeTheHistory_isIncluded_andMarkedAsIncomplete(@TempDir Path dir) {
    try (Db old = open(dir, Schema.migrations().subList(0, 8))) {
      old.<Integer>inWrite(
          c -> {
            Sql.update(c, "INSERT INTO subject VALUES (7, 1, 0)");
            Sql.update(
                c, "INSERT INTO objection VALUES (7, 'dpv:Marketing', ?)", OBJECTED.toEpochMilli());
            return Sql.update(
                c,
                "INSERT INTO policy_in_force VALUES (1, 'r', 'c', 'd', 'built-in', 5, '', '', '')");
          });
    }
    try (Db db = open(dir, Schema.migrations())) {
      assertThat(at(db, OBJECTED.minusMillis(1)))
          .isEqualTo(new ObjectionHistory.Objections(true, List.of(), false));
      assertThat(at(db, OBJECTED))
          .isEqualTo(new ObjectionHistory.Objections(true, List.of("dpv:Marketing"), false));
      assertThat(at(db, Instant.now().plusSeconds(1)).whole()).isTrue();
      assertThat(
              db.<String>inRead(
                  c ->
                      Sql.one(c, "SELECT revision FROM policy_version", row -> row.getString(1))
                          .orElseThrow()))
          .isEqualTo("r");
    }
  }

  @Test
  void newVault_hasACompleteHistory(@TempDir Path dir) {
    try (Db db = open(dir, Schema.migrations())) {
      assertThat(at(db, OBJECTED))
          .isEqualTo(new ObjectionHistory.Objections(false, List.of(), true));
    }
  }
}
