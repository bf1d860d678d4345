package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The writer's statements, prepared once: preparing costs more than running them. Confined to the
 * writer's thread; another connection gets statements of its own. They close with their connection.
 */
final class Prepared implements AutoCloseable {
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private @Nullable Connection connection;

  PreparedStatement on(Connection c, String sql) throws SQLException {
    if (connection != c) {
      statements.clear();
      connection = c;
    }
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = c.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  /**
   * Forgets all of them: after an error such as a full disk the driver has closed the failed one
   * without reporting it.
   */
  void forget() {
    for (PreparedStatement statement : statements.values()) {
      try {
        statement.close();
      } catch (SQLException closedAlready) {
        // An error is irrelevant, since the statement is discarded.
      }
    }
    statements.clear();
  }

  @Override
  public void close() {
    forget();
  }
}
