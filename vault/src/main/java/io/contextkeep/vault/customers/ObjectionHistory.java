package io.contextkeep.vault.customers;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * The history of customers' objections and restrictions. It is only appended to, and is deleted
 * with the customer. The present state is stored separately, for reads.
 */
public final class ObjectionHistory {
  /** The purpose of restrictions, which concern every purpose. */
  private static final String EVERYTHING = "";

  /**
   * The objections and the restriction of a customer at some time.
   *
   * @param whole whether the history covers that time
   */
  public record Objections(boolean restricted, List<String> objections, boolean whole) {
    public Objections {
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

  /** Returns the customer's objections and restriction at the end of an instant. */
  public static Objections at(Connection c, SubjectId subject, Instant at) throws SQLException {
    List<String> inForce =
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
    return new Objections(
        inForce.contains(EVERYTHING),
        inForce.stream().filter(purpose -> !purpose.equals(EVERYTHING)).toList(),
        isWhole(c, at));
  }

  private static boolean isWhole(Connection c, Instant at) throws SQLException {
    return Sql.one(c, "SELECT since FROM histories", row -> row.getLong(1))
        .map(since -> at.toEpochMilli() >= since)
        .orElse(true);
  }
}
