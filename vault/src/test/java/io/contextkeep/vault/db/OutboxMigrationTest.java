package io.contextkeep.vault.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The migration of waiting messages from an older version's tables to the outbox. */
final class OutboxMigrationTest {
  private static final int OLDER = 18;
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  @Test
  void waitingMessages_areMigrated_andNoOthers(@TempDir Path dir) {
    Path file = dir.resolve("vault.db");
    try (Db older = Db.open(file, Schema.migrations().subList(0, OLDER), THREADS)) {
      older.inWrite(
          c -> {
            Connections.execute(
                c,
                "INSERT INTO app (id, name, purposes, facets, notice_url)"
                    + " VALUES ('pushed', 'P', '', '', 'https://p.example/'),"
                    + " ('polling', 'Q', '', '', NULL)");
            Connections.execute(
                c,
                """
                INSERT INTO erasure_notice
                  (jti, certificate, app, issued, state, key, sealed, tries, next)
                VALUES ('n1', 'c1', 'pushed', 1000, 'NOT_TOLD', 1, x'00', 2, 5000),
                  ('n2', 'c2', 'pushed', 1000, 'TOLD', 2, x'00', 0, 1000),
                  ('n3', 'c1', 'polling', 1000, 'NOT_TOLD', 3, x'00', 0, 1000)\
                """);
            Connections.execute(
                c,
                """
                INSERT INTO rights_step (request, n, state, at, entry)
                VALUES ('r1', 1, 's', 1, 1), ('r1', 2, 's', 2, 2), ('r2', 1, 's', 3, 3)\
                """);
            Connections.execute(
                c,
                """
                INSERT INTO rights_agent_request (request, agent, callback, told, tries, next_try)
                VALUES ('r1', 'AGENT', 'https://a.example/', 1, 3, 7000),
                  ('r2', 'AGENT', 'https://a.example/', 1, 0, 0)\
                """);
            return 0;
          });
    }
    try (Db today = Db.open(file, Schema.migrations(), THREADS)) {
      List<String> waiting =
          today.inRead(
              c ->
                  Sql.query(
                      c,
                      "SELECT kind || ' ' || target || ' ' || message || ' ' || attempts || ' ' ||"
                          + " next || ' ' || created FROM outbox ORDER BY id",
                      row -> row.getString(1)));
      assertThat(waiting)
          .containsExactly(
              "erasure-notice pushed n1 2 5000 1000", "agent-status AGENT r1 3 7000 2");
    }
  }
}
