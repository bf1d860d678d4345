package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** How many entries of each type there are from an index on: for those who watch the log grow. */
public final class EntryCounts {
  private EntryCounts() {}

  /** Counts by the type's code, in the transaction of the connection. */
  public static Map<String, Long> from(Connection c, long index) throws SQLException {
    Map<String, Long> counts = new HashMap<>();
    try (PreparedStatement select =
        c.prepareStatement("SELECT type, count(*) FROM audit_leaf WHERE idx >= ? GROUP BY type")) {
      select.setLong(1, index);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          counts.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    return counts;
  }
}
