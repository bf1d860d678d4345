package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Changes of the log's tables, as an attacker would make them. */
final class Tampering {
  private Tampering() {}

  /** Asserts that the verifier finds the problem after the change, which is undone then. */
  static void assertFound(Connection c, String problem, String sql) throws SQLException {
    assertThat(problems(c, sql, change(sql))).as(sql).anyMatch(found -> found.contains(problem));
  }

  /** Returns what the verifier finds after the change, which is undone then. */
  static List<String> problems(Connection c, String what, LogStore.Work<Integer> change)
      throws SQLException {
    assertThat(change.run(c)).as(what).isPositive();
    List<String> problems = LogVerifier.verify(c).problems();
    c.rollback();
    return problems;
  }

  static LogStore.Work<Integer> change(String sql) {
    return c -> {
      try (var statement = c.createStatement()) {
        return statement.executeUpdate(sql);
      }
    };
  }
}
