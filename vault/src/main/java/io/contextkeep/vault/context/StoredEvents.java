package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.registry.Attribute;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The events of customers, sealed. An event is never changed. */
public final class StoredEvents {

  /**
   * The events of an attribute that one source sent.
   *
   * @param oldest the time of the oldest event
   * @param newest the time of the newest event
   */
  public record OfSource(String source, long count, Instant oldest, Instant newest) {}

  /** An event before its attribute is known. */
  record Event(EventPlace place, String source, String batch, byte[] bytes) {
    Sealed of(Attribute attribute) {
      return new Sealed(
          attribute,
          Sealed.eventRecord(attribute.name(), place.id()),
          place.observed(),
          place.observed(),
          source,
          batch,
          bytes);
    }
  }

  private StoredEvents() {}

  /**
   * Adds an event of a source; returns false if an event of that id and time is there.
   *
   * @param id the event's id, blinded or random
   * @param body a MAC of the value, by which a repeated line is told from a changed one
   */
  public static boolean add(
      Connection c,
      SubjectId subject,
      SourceLine line,
      byte[] id,
      String source,
      String batch,
      byte[] sealed,
      byte[] body)
      throws SQLException {
    return 1
        == Sql.update(
            c,
            """
            INSERT INTO event (subject, name, observed, id, source, batch, sealed, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
            """,
            subject.value(),
            line.attribute().name(),
            line.observed(),
            id,
            source,
            batch,
            sealed,
            body);
  }

  /** Returns whether any event is held of an older vault, under an id that all sources share. */
  public static boolean areHeldFromFormer(Connection c) throws SQLException {
    return Sql.one(c, "SELECT 1 FROM event WHERE body IS NULL LIMIT 1", row -> row.getInt(1))
        .isPresent();
  }

  /** Returns whether an event of an id and time is there. */
  public static boolean isThere(Connection c, SubjectId subject, SourceLine line, byte[] id)
      throws SQLException {
    return Sql.one(
            c,
            "SELECT 1 FROM event WHERE subject = ? AND name = ? AND observed = ? AND id = ?",
            row -> row.getInt(1),
            subject.value(),
            line.attribute().name(),
            line.observed(),
            id)
        .isPresent();
  }

  /**
   * Returns whether the source's event of an id and time has a body; empty if there is none. Events
   * of older vaults have ids that all sources share, and no body to compare.
   *
   * @param shared the id that all sources share
   */
  public static Optional<Boolean> isRepeated(
      Connection c,
      SubjectId subject,
      SourceLine line,
      byte[] id,
      byte[] shared,
      String source,
      byte[] body)
      throws SQLException {
    return Sql.one(
        c,
        """
        SELECT body FROM event
        WHERE subject = ? AND name = ? AND observed = ? AND id IN (?, ?) AND source = ?\
        """,
        row -> row.getBytes(1) == null || Arrays.equals(row.getBytes(1), body),
        subject.value(),
        line.attribute().name(),
        line.observed(),
        id,
        shared,
        source);
  }

  /** Returns the newest event of an attribute between two times, both in milliseconds. */
  public static Optional<DerivationInput> newest(
      Connection c, SubjectId subject, Attribute attribute, long from, long until)
      throws SQLException {
    return Sql.one(
        c,
        """
        SELECT observed, source, batch FROM event
        WHERE subject = ? AND name = ? AND observed BETWEEN ? AND ?
        ORDER BY observed DESC LIMIT 1\
        """,
        row ->
            new DerivationInput(attribute, 0, row.getLong(1), row.getString(2), row.getString(3)),
        subject.value(),
        attribute.name(),
        from,
        until);
  }

  /** Returns the newest events of an attribute. */
  static List<Event> newest(Connection c, SubjectId subject, String name, int most)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT name, observed, id, source, batch, sealed FROM event
        WHERE subject = ? AND name = ? ORDER BY observed DESC, id LIMIT ?\
        """,
        row -> event(row, 1),
        subject.value(),
        name,
        most);
  }

  /** Returns the next events of a customer after a place. */
  static List<Event> after(Connection c, SubjectId subject, EventPlace place, int most)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT name, observed, id, source, batch, sealed FROM event
        WHERE subject = ? AND (name, observed, id) > (?, ?, ?)
        ORDER BY name, observed, id LIMIT ?\
        """,
        row -> event(row, 1),
        subject.value(),
        place.name(),
        place.observed(),
        place.idBytes(),
        most);
  }

  /**
   * Visits the wanted events of the customers after one number and up to another, in the customers'
   * order.
   */
  static void each(
      Connection c,
      long after,
      long until,
      Attribute attribute,
      CohortPath.Wanted wanted,
      EachSealed each)
      throws SQLException {
    Sql.each(
        c,
        """
        SELECT subject, observed, id, sealed FROM event
        WHERE subject > ? AND subject <= ? AND name = ? AND observed >= ? AND observed < ?
        ORDER BY subject, name, observed, id\
        """,
        row ->
            each.take(
                row.getLong(1),
                new Sealed(
                    attribute,
                    Sealed.eventRecord(attribute.name(), row.getBytes(3)),
                    row.getLong(2),
                    row.getLong(2),
                    "",
                    "",
                    row.getBytes(4))),
        after,
        until,
        attribute.name(),
        wanted.from(),
        wanted.until());
  }

  /** Counts the events of an attribute since a time. */
  static long count(Connection c, SubjectId subject, Attribute attribute, long since)
      throws SQLException {
    return Sql.number(
        c,
        "SELECT count(*) FROM event WHERE subject = ? AND name = ? AND observed >= ?",
        subject.value(),
        attribute.name(),
        since);
  }

  /** Returns the sources of a customer's events of an attribute since a time, in order. */
  public static List<OfSource> sources(
      Connection c, SubjectId subject, Attribute attribute, long since) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT source, count(*), min(observed), max(observed) FROM event
        WHERE subject = ? AND name = ? AND observed >= ? GROUP BY source ORDER BY source\
        """,
        row ->
            new OfSource(
                row.getString(1),
                row.getLong(2),
                Instant.ofEpochMilli(row.getLong(3)),
                Instant.ofEpochMilli(row.getLong(4))),
        subject.value(),
        attribute.name(),
        since);
  }

  /** Reads the columns name, observed, id, source, batch and sealed, from the first of them. */
  private static Event event(ResultSet row, int first) throws SQLException {
    return new Event(
        new EventPlace(
            row.getString(first),
            row.getLong(first + 1),
            HexFormat.of().formatHex(row.getBytes(first + 2))),
        row.getString(first + 3),
        row.getString(first + 4),
        row.getBytes(first + 5));
  }
}
