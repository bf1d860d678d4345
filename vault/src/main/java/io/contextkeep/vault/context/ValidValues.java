package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.registry.Attribute;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The values in force that are valid at a time, and those that are not any more. No value is
 * opened.
 */
public final class ValidValues {

  /**
   * The SQL condition that the value {@code v} is valid: it was collected, or every clause of its
   * derivation has a ground. Its parameter is the present time in milliseconds. Every statement
   * that reads values to disclose has it: whether a value may be seen is decided with the value, in
   * one snapshot, whatever became of its grounds since.
   */
  static final String CONDITION =
      """
      (v.clauses = 0 OR v.clauses = (
        SELECT count(DISTINCT g.clause) FROM derivation_ground g
        WHERE g.subject = v.subject AND g.name = v.name AND (g.since IS NULL OR EXISTS (
          SELECT 1 FROM consent_state t
          WHERE t.subject = g.subject AND t.purpose = g.purpose AND t.recipient = g.recipient
            AND t.since = g.since AND t.status IN ('GIVEN', 'RENEWED')
            AND (t.expires IS NULL OR t.expires > ?)))))\
      """;

  /** The metadata of a value. */
  public record Value(String name, long version, long observed, String source, String batch) {
    private static Value of(ResultSet row) throws SQLException {
      return new Value(
          row.getString(1), row.getLong(2), row.getLong(3), row.getString(4), row.getString(5));
    }
  }

  private ValidValues() {}

  /** Returns a customer's valid values. */
  static List<Value> of(Connection c, SubjectId subject, long now) throws SQLException {
    return Sql.query(
        c,
        "SELECT name, version, observed, source, batch FROM value v WHERE subject = ? AND "
            + CONDITION,
        Value::of,
        subject.value(),
        now);
  }

  /** Returns a customer's value of an attribute; empty if it is not valid or there is none. */
  public static Optional<Value> of(Connection c, SubjectId subject, String name, long now)
      throws SQLException {
    return Sql.one(
        c,
        "SELECT name, version, observed, source, batch FROM value v"
            + " WHERE subject = ? AND name = ? AND "
            + CONDITION,
        Value::of,
        subject.value(),
        name,
        now);
  }

  /**
   * Visits the valid values of an attribute of the customers after one number and up to another, in
   * their order, without their sources, which no statistic counts.
   */
  static void each(
      Connection c, long after, long until, Attribute attribute, long now, EachSealed each)
      throws SQLException {
    String record = Sealed.valueRecord(attribute.name());
    Sql.each(
        c,
        """
        SELECT subject, version, observed, sealed FROM value v
        WHERE subject > ? AND subject <= ? AND name = ? AND\
        """
            + " "
            + CONDITION
            + " ORDER BY subject",
        row ->
            each.take(
                row.getLong(1),
                new Sealed(
                    attribute, record, row.getLong(2), row.getLong(3), "", "", row.getBytes(4))),
        after,
        until,
        attribute.name(),
        now);
  }

  /** Returns a customer's values that are not valid. */
  public static List<Value> invalid(Connection c, SubjectId subject, long now) throws SQLException {
    return Sql.query(
        c,
        "SELECT name, version, observed, source, batch FROM value v WHERE subject = ? AND NOT "
            + CONDITION,
        Value::of,
        subject.value(),
        now);
  }

  /** Returns the customers after one row key and up to another with values that are not valid. */
  public static List<SubjectId> withInvalid(Connection c, long after, long last, long now)
      throws SQLException {
    return Sql.query(
        c,
        "SELECT DISTINCT subject FROM value v WHERE subject > ? AND subject <= ? AND NOT "
            + CONDITION,
        row -> new SubjectId(row.getLong(1)),
        after,
        last,
        now);
  }
}
