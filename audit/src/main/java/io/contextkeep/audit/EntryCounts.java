package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The number of entries of each type from an index on, for monitoring. Confined to one thread. */
public final class EntryCounts {
  private final Prepared prepared = new Prepared();

  /** Counts by the type's code, in the transaction of the connection. */
  public Map<String, Long> from(Connection c, long index) throws SQLException {
    Map<String, Long> counts = new HashMap<>();
    PreparedStatement select =
        prepared.on(c, "SELECT type, count(*) FROM audit_leaf WHERE idx >= ? GROUP BY type");
    select.setLong(1, index);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        counts.put(rows.getString(1), rows.getLong(2));
      }
    }
    return counts;
  }
}
