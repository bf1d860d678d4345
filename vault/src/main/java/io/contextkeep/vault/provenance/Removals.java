package io.contextkeep.vault.provenance;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Invalidation;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * The removals of values before their retention ended, in order, for the graph's projection. They
 * name no customer.
 */
public final class Removals {
  private Removals() {}

  /** Records a removal, in its transaction. */
  public static void add(Connection c, Instant at, SortedMap<DataCategory, Integer> removed)
      throws SQLException {
    if (!removed.isEmpty()) {
      Sql.update(
          c,
          "INSERT INTO removal (at, categories) VALUES (?, ?)",
          at.toEpochMilli(),
          Batches.text(removed));
    }
  }

  public static List<Invalidation> after(Connection c, long cursor, int limit) throws SQLException {
    return Sql.query(
        c,
        "SELECT seq, at, categories FROM removal WHERE seq > ? ORDER BY seq LIMIT ?",
        row ->
            new Invalidation(
                row.getLong(1),
                Instant.ofEpochMilli(row.getLong(2)),
                Batches.kept(row.getString(3))),
        cursor,
        limit);
  }

  public static long newest(Connection c) throws SQLException {
    return Sql.one(c, "SELECT coalesce(max(seq), 0) FROM removal", row -> row.getLong(1))
        .orElseThrow();
  }
}
