package io.contextkeep.vault.customers;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Each time that a customer objected to a purpose or had all of hers restricted, and each time that
 * it was lifted. How she stands now is kept beside it, where reads look; this is only appended to,
 * and dies with her.
 */
public final class ObjectionHistory {
  /** The restriction is of everything, so it has no purpose. */
  private static final String EVERYTHING = "";

  /**
   * How she stood.
   *
   * @param whole whether all of that was kept: what was lifted before there was a history is not
   */
  public record Noes(boolean restricted, List<String> objections, boolean whole) {
    public Noes {
      objections = List.copyOf(objections);
    }
  }

  private ObjectionHistory() {}

  public static void objected(
      Connection c, SubjectId subject, String purpose, boolean stands, Instant at)
      throws SQLException {
    add(c, subject, purpose, stands, at);
  }

  static void restricted(Connection c, SubjectId subject, boolean stands, Instant at)
      throws SQLException {
    add(c, subject, EVERYTHING, stands, at);
  }

  private static void add(
      Connection c, SubjectId subject, String purpose, boolean stands, Instant at)
      throws SQLException {
    Sql.update(
        c,
        "INSERT INTO no_event (subject, purpose, stands, at) VALUES (?, ?, ?, ?)",
        subject.value(),
        purpose,
        stands,
        at.toEpochMilli());
  }

  /** How the customer stood at the end of that instant. */
  public static Noes at(Connection c, SubjectId subject, Instant at) throws SQLException {
    List<String> standing =
        Sql.query(
            c,
            """
            SELECT purpose FROM no_event WHERE id IN (
              SELECT max(id) FROM no_event WHERE subject = ? AND at <= ? GROUP BY purpose)
            AND stands = 1 ORDER BY purpose\
            """,
            row -> row.getString(1),
            subject.value(),
            at.toEpochMilli());
    return new Noes(
        standing.contains(EVERYTHING),
        standing.stream().filter(purpose -> !purpose.equals(EVERYTHING)).toList(),
        isWhole(c, at));
  }

  private static boolean isWhole(Connection c, Instant at) throws SQLException {
    return Sql.one(c, "SELECT since FROM histories", row -> row.getLong(1))
        .map(since -> at.toEpochMilli() >= since)
        .orElse(true);
  }
}
