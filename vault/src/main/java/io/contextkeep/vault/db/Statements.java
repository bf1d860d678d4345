package io.contextkeep.vault.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Prepared statements, kept with the connection that they belong to: preparing costs more than
 * running. A statement is taken out while it is used, so that a nested use gets another.
 *
 * <p>A connection and its statements are used by one thread at a time.
 */
final class Statements {
  private static final Map<Connection, Map<String, PreparedStatement>> KEPT =
      new ConcurrentHashMap<>();

  private Statements() {}

  static PreparedStatement take(Connection c, String sql) throws SQLException {
    PreparedStatement kept = KEPT.computeIfAbsent(c, _ -> new HashMap<>()).remove(sql);
    return kept == null ? c.prepareStatement(sql) : kept;
  }

  static void giveBack(Connection c, String sql, PreparedStatement statement) throws SQLException {
    Map<String, PreparedStatement> kept = KEPT.get(c);
    PreparedStatement spare = kept == null ? statement : kept.put(sql, statement);
    if (spare != null) {
      spare.close();
    }
  }

  static void close(Connection c) throws SQLException {
    Map<String, PreparedStatement> kept = KEPT.remove(c);
    if (kept != null) {
      for (PreparedStatement statement : kept.values()) {
        statement.close();
      }
    }
    c.close();
  }
}
