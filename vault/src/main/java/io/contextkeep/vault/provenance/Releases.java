package io.contextkeep.vault.provenance;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.StatisticRelease;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** The released statistics, in order, for the graph's projection. */
public final class Releases {
  private Releases() {}

  /** A release with its number. */
  public record Row(long seq, StatisticRelease release) {}

  /** Records a release, in the transaction that stores the answer. */
  public static void add(Connection c, StatisticRelease release) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO dp_release (charge, purpose, population, rho, delta, counted, epoch, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
        """,
        release.charge(),
        release.purpose().curie(),
        release.population(),
        release.rho(),
        release.delta(),
        release.counted(),
        release.epoch(),
        release.at().toEpochMilli());
  }

  public static List<Row> after(Connection c, long cursor, int limit) throws SQLException {
    return Sql.query(
        c,
        "SELECT * FROM dp_release WHERE seq > ? ORDER BY seq LIMIT ?",
        Releases::row,
        cursor,
        limit);
  }

  public static long newest(Connection c) throws SQLException {
    return Sql.one(c, "SELECT coalesce(max(seq), 0) FROM dp_release", row -> row.getLong(1))
        .orElseThrow();
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getLong("seq"),
        new StatisticRelease(
            row.getLong("charge"),
            Purpose.parse(row.getString("purpose")).orElseThrow(),
            row.getString("population"),
            row.getLong("rho"),
            row.getLong("delta"),
            row.getLong("counted"),
            row.getLong("epoch"),
            Instant.ofEpochMilli(row.getLong("at"))));
  }
}
