package io.contextkeep.vault.context;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is held about customers, valid or not, told without opening it. */
public final class HeldData {
  private static final String OF_CUSTOMERS =
      " WHERE subject BETWEEN ? AND ? GROUP BY subject, name, source, batch";

  private static final String VALUES =
      "SELECT subject, name, source, batch, count(*) FROM value" + OF_CUSTOMERS;

  private static final String EVENTS =
      "SELECT subject, name, source, batch, count(*) FROM event" + OF_CUSTOMERS;

  /** The values or events of an attribute that a source sent in one batch. */
  public record Part(SubjectId subject, String name, String source, String batch, long count) {}

  /** A consumer of parts. */
  @FunctionalInterface
  public interface Each {
    void take(Part part);
  }

  /**
   * The newest value or event of an attribute in one batch.
   *
   * @param observed the time of its observation, in milliseconds
   */
  public record Newest(String name, String batch, long observed) {}

  private HeldData() {}

  /** Returns the number of values and events held about a customer, by category. */
  public static SortedMap<DataCategory, Integer> categories(
      Connection c, SubjectId subject, Registry registry) throws SQLException {
    SortedMap<DataCategory, Integer> held = new TreeMap<>();
    Sql.each(
        c,
        """
        SELECT name, count(*) FROM (
          SELECT name FROM value WHERE subject = ? UNION ALL
          SELECT name FROM source_value WHERE subject = ? UNION ALL
          SELECT name FROM event WHERE subject = ?) AS held
        GROUP BY name\
        """,
        row -> {
          int count = row.getInt(2);
          registry
              .attribute(row.getString(1))
              .ifPresent(attribute -> held.merge(attribute.category(), count, Integer::sum));
        },
        subject.value(),
        subject.value(),
        subject.value());
    return held;
  }

  /** Visits what is in force of the customers between two. */
  public static void each(Connection c, SubjectId first, SubjectId last, Each each)
      throws SQLException {
    for (String held : List.of(VALUES, EVENTS)) {
      Sql.each(
          c,
          held,
          row ->
              each.take(
                  new Part(
                      new SubjectId(row.getLong(1)),
                      row.getString(2),
                      row.getString(3),
                      row.getString(4),
                      row.getLong(5))),
          first.value(),
          last.value());
    }
  }

  /**
   * Returns what is in force of a customer by attribute and batch, each attribute's newest first.
   */
  public static List<Newest> newest(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT name, batch, max(observed) AS newest FROM (
          SELECT name, batch, observed FROM value WHERE subject = ? UNION ALL
          SELECT name, batch, observed FROM event WHERE subject = ?) AS held
        GROUP BY name, batch ORDER BY name, newest DESC\
        """,
        row -> new Newest(row.getString(1), row.getString(2), row.getLong(3)),
        subject.value(),
        subject.value());
  }
}
