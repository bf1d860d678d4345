package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentRow;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query for the facts about a customer, in one statement: the customer of an identifier or
 * pseudonym, their consents and objections, identifiers, and the values in force. The first column
 * of a row is its kind.
 */
final class CapsuleQuery {
  private static final int CUSTOMER = 0;
  private static final int CONSENT = 1;
  private static final int OBJECTION = 2;
  private static final int VALUE = 3;
  private static final int IDENTIFIER = 4;

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
          FROM s CROSS JOIN consent_state WHERE subject = s.id
          UNION ALL
          SELECT 2, NULL, NULL, purpose, NULL, NULL, NULL, NULL, NULL, NULL
          FROM s CROSS JOIN objection WHERE subject = s.id
          UNION ALL
          SELECT 4, NULL, NULL, kind, NULL, NULL, blind, NULL, NULL, NULL
          FROM s CROSS JOIN identifier WHERE subject = s.id
          UNION ALL
          SELECT 0, id, restricted, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM s\
          """;

  private static final String FOUND = "WITH s AS MATERIALIZED (" + BY_IDENTIFIER + OF_THE_CUSTOMER;

  private static final String NAMED = "WITH s AS MATERIALIZED (" + BY_PSEUDONYM + OF_THE_CUSTOMER;

  private final long now;
  private final List<ConsentRow> consents = new ArrayList<>();
  private final List<String> objections = new ArrayList<>();
  private final List<StoredValue> values = new ArrayList<>();
  private final Set<Capsule.BlindKey> identifiers = new HashSet<>();
  private @Nullable SubjectId subject;
  private boolean restricted;
  private long validUntil = Long.MAX_VALUE;

  private CapsuleQuery(long now) {
    this.now = now;
  }

  /**
   * Runs the query.
   *
   * @param now in milliseconds; derived values without grounds at that time are left out
   * @param eventNames the attributes of the events to read
   * @param maxEvents the maximum number of each attribute's events; the newest are read
   */
  static Optional<Capsule> run(
      Connection c,
      Identifier identifier,
      byte[] blind,
      long now,
      Collection<String> eventNames,
      int maxEvents)
      throws SQLException {
    CapsuleQuery query = new CapsuleQuery(now);
    OptionalLong rowKey = identifier.rowKey();
    if (rowKey.isPresent()) {
      Sql.each(c, NAMED, query::read, rowKey.getAsLong(), now);
    } else {
      Sql.each(c, FOUND, query::read, identifier.kind(), blind, now);
    }
    SubjectId found = query.subject;
    return found == null
        ? Optional.empty()
        : Optional.of(query.capsule(found, newest(c, found, eventNames, maxEvents)));
  }

  private Capsule capsule(SubjectId found, Map<String, List<StoredEvents.Event>> events) {
    return new Capsule(
        found,
        new Capsule.Facts(restricted, consents, objections, values, events),
        identifiers,
        validUntil);
  }

  /** Returns the newest events of each attribute. */
  static Map<String, List<StoredEvents.Event>> newest(
      Connection c, SubjectId subject, Collection<String> names, int max) throws SQLException {
    Map<String, List<StoredEvents.Event>> events = new HashMap<>();
    for (String name : names) {
      events.put(name, StoredEvents.newest(c, subject, name, max));
    }
    return events;
  }

  private void read(ResultSet row) throws SQLException {
    switch (row.getInt(1)) {
      case CUSTOMER -> {
        subject = new SubjectId(row.getLong(2));
        restricted = row.getInt(3) != 0;
      }
      case CONSENT -> consent(ConsentRow.of(row, 8));
      case OBJECTION -> objections.add(row.getString(4));
      case IDENTIFIER -> identifiers.add(Capsule.BlindKey.of(row.getString(4), row.getBytes(7)));
      case VALUE ->
          values.add(
              new StoredValue(
                  row.getString(4),
                  row.getLong(2),
                  row.getLong(3),
                  row.getString(5),
                  row.getString(6),
                  row.getBytes(7)));
      default -> throw new SQLException("The row has an unknown kind");
    }
  }

  private void consent(ConsentRow consent) {
    consents.add(consent);
    Instant expiresAt = consent.expiresAt();
    if (expiresAt != null && expiresAt.toEpochMilli() > now) {
      validUntil = Math.min(validUntil, expiresAt.toEpochMilli());
    }
  }
}
