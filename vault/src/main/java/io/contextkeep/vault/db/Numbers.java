package io.contextkeep.vault.db;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The row numbers that the store generates. The last one is not in the table, whose row may be
 * deleted; each kind of store keeps it in its own way.
 */
public final class Numbers {
  private Numbers() {}

  /** Returns the last number generated for a row of the table; 0 if there was none. */
  public static long newest(Connection c, String table) throws SQLException {
    return Sql.one(
            c, "SELECT seq FROM sqlite_sequence WHERE name = ?", row -> row.getLong(1), table)
        .orElse(0L);
  }
}
