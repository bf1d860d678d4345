package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentRow;
import io.contextkeep.vault.customers.Customers.SealedIdentifier;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.registry.Attribute;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A query for the facts of a decision, in one statement: the customer of an identifier or
 * pseudonym, their consents and objections, and the values held. The first column of a row is its
 * kind.
 */
final class SnapshotQuery {
  private static final int CUSTOMER = 0;
  private static final int CONSENT = 1;
  private static final int OBJECTION = 2;
  private static final int VALUE = 3;

  private static final String BY_IDENTIFIER =
      """
      SELECT s.id, s.restricted FROM identifier i JOIN subject s ON s.id = i.subject
      WHERE i.kind = ? AND i.blind = ? AND s.erasing = 0\
      """;

  private static final String BY_PSEUDONYM =
      "SELECT id, restricted FROM subject WHERE id = ? AND erasing = 0";

  /**
   * The statement after the customer's. SQLite keeps the order of a CROSS JOIN, so each table is
   * searched by its key. The values come first because PostgreSQL takes the columns' types from
   * them.
   */
  private static final String OF_THE_CUSTOMER =
      """
      )
      SELECT 3, version, observed, name, source, batch, sealed, NULL, NULL, NULL
      FROM s CROSS JOIN value v WHERE v.subject = s.id AND\
      """
          + " "
          + ValidValues.CONDITION
          + """

          UNION ALL
          SELECT 1, event, explicit, purpose, recipient, status, NULL, expires, at, yields
          FROM s CROSS JOIN consent_state WHERE subject = s.id AND recipient IN (?, '*')
          UNION ALL
          SELECT 2, NULL, NULL, purpose, NULL, NULL, NULL, NULL, NULL, NULL
          FROM s CROSS JOIN objection WHERE subject = s.id
          UNION ALL
          SELECT 0, id, restricted, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM s\
          """;

  private static final String FOUND = "WITH s AS MATERIALIZED (" + BY_IDENTIFIER + OF_THE_CUSTOMER;

  private static final String NAMED = "WITH s AS MATERIALIZED (" + BY_PSEUDONYM + OF_THE_CUSTOMER;

  private final Map<String, Attribute> wanted;
  private final List<ConsentRow> consents = new ArrayList<>();
  private final List<String> objections = new ArrayList<>();
  private final List<Sealed> sealed = new ArrayList<>();
  private Optional<SubjectId> subject = Optional.empty();
  private boolean restricted;

  private SnapshotQuery(Map<String, Attribute> wanted) {
    this.wanted = wanted;
  }

  /**
   * Runs the query.
   *
   * @param now in milliseconds; derived values without grounds at that time are left out
   * @param wanted the attributes of the values to read, by name
   */
  static SnapshotQuery run(
      Connection c,
      Identifier identifier,
      byte[] blind,
      String recipient,
      long now,
      Map<String, Attribute> wanted)
      throws SQLException {
    SnapshotQuery query = new SnapshotQuery(wanted);
    OptionalLong rowKey = identifier.rowKey();
    if (rowKey.isPresent()) {
      Sql.each(c, NAMED, query::read, rowKey.getAsLong(), now, recipient);
    } else {
      Sql.each(c, FOUND, query::read, identifier.kind(), blind, now, recipient);
    }
    return query;
  }

  Optional<SubjectId> subject() {
    return subject;
  }

  List<Sealed> sealed() {
    return sealed;
  }

  Snapshot snapshot(
      Optional<SubjectId> standIn,
      List<Sealed> beside,
      List<SealedIdentifier> identifiers,
      Optional<EventPlace> next) {
    return new Snapshot(
        subject,
        standIn,
        restricted,
        consents,
        objections,
        new Snapshot.Contents(sealed, beside, identifiers, next));
  }

  private void read(ResultSet row) throws SQLException {
    switch (row.getInt(1)) {
      case CUSTOMER -> {
        subject = Optional.of(new SubjectId(row.getLong(2)));
        restricted = row.getInt(3) != 0;
      }
      case CONSENT -> consents.add(ConsentRow.of(row, 8));
      case OBJECTION -> objections.add(row.getString(4));
      case VALUE -> value(row);
      default -> throw new SQLException("The row has an unknown kind");
    }
  }

  private void value(ResultSet row) throws SQLException {
    Attribute attribute = wanted.get(row.getString(4));
    if (attribute != null) {
      sealed.add(Sealed.value(row, attribute));
    }
  }
}
