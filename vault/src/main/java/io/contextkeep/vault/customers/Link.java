package io.contextkeep.vault.customers;

import io.contextkeep.ontology.SubjectId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * An identifier's link to a customer, without the identifier's value.
 *
 * @param id what the link is undone by
 * @param by the app that made it or {@link Customers#SOURCE}; empty where that is not known
 */
public record Link(SubjectId subject, String id, String kind, String by, Instant at) {
  static final String COLUMNS = "subject, id, kind, linked_by, linked_at";

  static Link of(ResultSet row) throws SQLException {
    return new Link(
        new SubjectId(row.getLong(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        Instant.ofEpochMilli(row.getLong(5)));
  }

  /** Whether the source made it, and so knows of it. */
  public boolean isBy(String source) {
    return by.equals(source);
  }
}
