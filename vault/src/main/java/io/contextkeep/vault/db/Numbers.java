package io.contextkeep.vault.db;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The numbers that the store gives to rows of its own accord. Which was given last is not in the
 * tables, since that row may be gone, and each store keeps it in its own way.
 */
public final class Numbers {
  private Numbers() {}

  /** Returns the number that a row of the table was given last; 0 where none ever was. */
  public static long newest(Connection c, String table) throws SQLException {
    return Sql.one(
            c, "SELECT seq FROM sqlite_sequence WHERE name = ?", row -> row.getLong(1), table)
        .orElse(0L);
  }
}
