package io.contextkeep.vault.customers;

import io.contextkeep.ontology.SubjectId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The link of an identifier to a customer, without the identifier's value.
 *
 * @param id the id by which the link is undone
 * @param by the app that made it or {@link Customers#SOURCE}; empty if unknown
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

  /** Returns its place among the links of its customer, whose order is that of these texts. */
  String place() {
    return "%s.%015d.%s".formatted(kind, at.toEpochMilli(), id);
  }

  /** Returns whether a source made the link, and so knows of it. */
  public boolean isBy(String source) {
    return by.equals(source);
  }
}
