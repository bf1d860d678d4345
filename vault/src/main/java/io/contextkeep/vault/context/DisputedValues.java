package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The values that sources sent after the customer's correction. Each is kept beside the correction
 * until the customer or an operator decides. None is decrypted.
 */
public final class DisputedValues {
  /** The rows read for one page; most source values are beside no correction. */
  static final int SCANNED = 10_000;

  private static final String BESIDE =
      """
      SELECT s.subject, s.name, s.source, s.version, s.observed, v.observed
      FROM source_value s
      LEFT JOIN value v ON v.subject = s.subject AND v.name = s.name AND v.source = ?
        AND v.version < s.version\
      """;

  private DisputedValues() {}

  /** The key of a source's value. */
  public record Place(SubjectId subject, String name, String source) {}

  /**
   * A source's value beside a correction.
   *
   * @param version the number of the value, which tells it from a later one of the same source
   * @param observed the time of the source's observation
   * @param corrected the time of the customer's correction
   */
  public record Disputed(Place place, long version, Instant observed, Instant corrected) {}

  /**
   * A page of disputed values, in the order of their places.
   *
   * @param next the place after which the next page begins; empty on the last page
   */
  public record Page(List<Disputed> found, Optional<Place> next) {}

  private record Row(Place place, Optional<Disputed> disputed) {}

  /**
   * Returns the disputed values after a place, without those of customers who are being erased. A
   * page may be empty and still have a next one.
   */
  public static Page page(Connection c, Optional<Place> after, int limit) throws SQLException {
    return page(c, after, limit, SCANNED);
  }

  static Page page(Connection c, Optional<Place> after, int limit, int scanned)
      throws SQLException {
    List<Row> rows =
        Sql.query(
            c,
            BESIDE
                + " WHERE (s.subject, s.name, s.source) > (?, ?, ?)"
                + " ORDER BY s.subject, s.name, s.source LIMIT ?",
            DisputedValues::row,
            Customers.SOURCE,
            after.map(place -> place.subject().value()).orElse(0L),
            after.map(Place::name).orElse(""),
            after.map(Place::source).orElse(""),
            scanned);
    List<Disputed> found = new ArrayList<>();
    for (Row row : rows) {
      if (row.disputed().isPresent() && Customers.isActive(c, row.place().subject())) {
        found.add(row.disputed().get());
      }
      if (found.size() == limit) {
        return new Page(found, Optional.of(row.place()));
      }
    }
    return new Page(
        found, rows.size() < scanned ? Optional.empty() : Optional.of(rows.getLast().place()));
  }

  /** Returns the disputed value at a place. */
  public static Optional<Disputed> find(Connection c, Place place) throws SQLException {
    if (!Customers.isActive(c, place.subject())) {
      return Optional.empty();
    }
    return Sql.one(
            c,
            BESIDE + " WHERE s.subject = ? AND s.name = ? AND s.source = ?",
            DisputedValues::row,
            Customers.SOURCE,
            place.subject().value(),
            place.name(),
            place.source())
        .flatMap(Row::disputed);
  }

  /** Keeps the correction and drops the source's value. */
  public static void keepCorrection(Connection c, Place place) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM source_value WHERE subject = ? AND name = ? AND source = ?",
        place.subject().value(),
        place.name(),
        place.source());
  }

  /** Drops the correction and puts that source's value in force. */
  public static void acceptSource(Connection c, Place place) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM value WHERE subject = ? AND name = ? AND source = ?",
        place.subject().value(),
        place.name(),
        Customers.SOURCE);
    Sql.update(
        c,
        """
        INSERT INTO value (subject, name, version, observed, source, batch, sealed, clauses)
        SELECT subject, name, version, observed, source, batch, sealed, 0 FROM source_value
        WHERE subject = ? AND name = ? AND source = ?\
        """,
        place.subject().value(),
        place.name(),
        place.source());
    keepCorrection(c, place);
  }

  private static Row row(ResultSet row) throws SQLException {
    Place place = new Place(new SubjectId(row.getLong(1)), row.getString(2), row.getString(3));
    long corrected = row.getLong(6);
    return new Row(
        place,
        row.wasNull()
            ? Optional.empty()
            : Optional.of(
                new Disputed(
                    place,
                    row.getLong(4),
                    Instant.ofEpochMilli(row.getLong(5)),
                    Instant.ofEpochMilli(corrected))));
  }
}
