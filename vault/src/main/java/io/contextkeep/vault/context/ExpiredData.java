package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Values and events that were kept longer than their attribute allows. */
public final class ExpiredData {

  /**
   * The search for expired values. Its join order is intended: each customer's few values, each
   * with its attribute.
   */
  private static final String OLD =
      """
       v CROSS JOIN attribute a
      WHERE s.id > ? AND s.id <= ? AND s.restricted = 0 AND s.erasing = 0
        AND v.subject = s.id AND a.name = v.name
        AND v.observed < ? - a.retention_days * 86400000 LIMIT ?\
      """;

  private static final String OLD_VALUES =
      "SELECT v.subject, v.name, v.observed FROM subject s CROSS JOIN value" + OLD;

  private static final String OLD_SOURCE_VALUES =
      "SELECT v.subject, v.name, v.observed FROM subject s CROSS JOIN source_value" + OLD;

  /**
   * The search for expired events. Its join order is intended: one index search for each customer
   * and attribute.
   */
  private static final String OLD_EVENTS =
      """
      SELECT e.subject, e.name, e.observed, e.id
      FROM subject s CROSS JOIN attribute a CROSS JOIN event e
      WHERE s.id > ? AND s.id <= ? AND s.restricted = 0 AND s.erasing = 0
        AND a.kind = 'EVENT' AND e.subject = s.id AND e.name = a.name
        AND e.observed < ? - a.retention_days * 86400000 LIMIT ?\
      """;

  private static final String THIS_ONE = " WHERE subject = ? AND name = ? AND observed = ?";

  private static final String DELETE_VALUE = "DELETE FROM value" + THIS_ONE;

  private static final String DELETE_SOURCE_VALUE = "DELETE FROM source_value" + THIS_ONE;

  private record Value(SubjectId subject, String name, long observed) {}

  private record Event(SubjectId subject, String name, long observed, byte[] id) {}

  /** The number of rows that were deleted. */
  public record Deleted(int values, int events) {
    public int rows() {
      return values + events;
    }
  }

  private final List<Value> values;
  private final List<Event> events;

  private ExpiredData(List<Value> values, List<Event> events) {
    this.values = values;
    this.events = events;
  }

  /**
   * Finds what has expired of the customers after one row key and up to another, except of those
   * whose data may only be stored.
   *
   * @param now in milliseconds
   * @param most the most rows of each table
   */
  public static ExpiredData find(Connection c, long after, long last, long now, int most)
      throws SQLException {
    List<Value> values = new ArrayList<>(values(c, OLD_VALUES, after, last, now, most));
    values.addAll(values(c, OLD_SOURCE_VALUES, after, last, now, most));
    List<Event> events =
        Sql.query(
            c,
            OLD_EVENTS,
            row ->
                new Event(
                    new SubjectId(row.getLong(1)),
                    row.getString(2),
                    row.getLong(3),
                    row.getBytes(4)),
            after,
            last,
            now,
            most);
    return new ExpiredData(values, events);
  }

  private static List<Value> values(
      Connection c, String old, long after, long last, long now, int most) throws SQLException {
    return Sql.query(
        c,
        old,
        row -> new Value(new SubjectId(row.getLong(1)), row.getString(2), row.getLong(3)),
        after,
        last,
        now,
        most);
  }

  public boolean isEmpty() {
    return values.isEmpty() && events.isEmpty();
  }

  /**
   * Deletes what is still as it was found: a value may have been replaced meanwhile, or its
   * customer restricted. The erasure counts the rows of a customer who is being erased.
   */
  public Deleted delete(Connection c) throws SQLException {
    Map<SubjectId, Boolean> deletable = new HashMap<>();
    int deletedValues = 0;
    for (Value value : values) {
      if (isDeletable(c, value.subject(), deletable)) {
        deletedValues += delete(c, value);
      }
    }
    int deletedEvents = 0;
    for (Event event : events) {
      if (isDeletable(c, event.subject(), deletable)) {
        deletedEvents += delete(c, event);
      }
    }
    return new Deleted(deletedValues, deletedEvents);
  }

  private static boolean isDeletable(Connection c, SubjectId subject, Map<SubjectId, Boolean> known)
      throws SQLException {
    Boolean asked = known.get(subject);
    if (asked == null) {
      asked = Customers.mayBeProcessed(c, subject);
      known.put(subject, asked);
    }
    return asked;
  }

  private static int delete(Connection c, Value value) throws SQLException {
    int deleted = delete(c, DELETE_VALUE, value) + delete(c, DELETE_SOURCE_VALUE, value);
    SourceValues.promote(c, value.subject(), value.name());
    return deleted;
  }

  private static int delete(Connection c, String sql, Value value) throws SQLException {
    return Sql.update(c, sql, value.subject().value(), value.name(), value.observed());
  }

  private static int delete(Connection c, Event event) throws SQLException {
    return Sql.update(
        c,
        "DELETE FROM event WHERE subject = ? AND name = ? AND observed = ? AND id = ?",
        event.subject().value(),
        event.name(),
        event.observed(),
        event.id());
  }
}
