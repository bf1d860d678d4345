package io.contextkeep.vault.provenance;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Invalidation;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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

  /** Returns the number of values and events held about a customer, by category. */
  public static SortedMap<DataCategory, Integer> held(Connection c, SubjectId subject)
      throws SQLException {
    SortedMap<DataCategory, Integer> held = new TreeMap<>();
    Sql.each(
        c,
        """
        SELECT a.category, count(*) FROM (
          SELECT name FROM value WHERE subject = ? UNION ALL
          SELECT name FROM source_value WHERE subject = ? UNION ALL
          SELECT name FROM event WHERE subject = ?) h
        JOIN attribute a ON a.name = h.name GROUP BY a.category\
        """,
        row -> held.put(DataCategory.parse(row.getString(1)).orElseThrow(), row.getInt(2)),
        subject.value(),
        subject.value(),
        subject.value());
    return held;
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
