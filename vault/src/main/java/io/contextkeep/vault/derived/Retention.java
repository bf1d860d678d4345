package io.contextkeep.vault.derived;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.SourceValues;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deletion of values and events that were kept longer than their attribute allows. Reads leave
 * them out already. The sweep searches on a reader's connection, a few customers at a time, and
 * deletes a bounded number of rows in one transaction with the entry that counts them.
 *
 * <p>A restricted customer's data stays, because they may need it: while restricted it may be
 * stored but not otherwise processed (GDPR, Article 18). It is deleted after the customer lifts the
 * restriction.
 */
final class Retention {
  /**
   * The customers of one search, few enough that its snapshot does not hold the write-ahead log for
   * long.
   */
  private static final int CUSTOMERS = 500;

  /** The rows that one transaction deletes; other writes wait for it. */
  private static final int ROWS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private record Value(long subject, String name, long observed) {}

  private record Event(long subject, String name, long observed, byte[] id) {}

  private record Expired(List<Value> values, List<Event> events) {
    boolean isEmpty() {
      return values.isEmpty() && events.isEmpty();
    }
  }

  private record Deleted(int values, int events) {}

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

  private static final String THIS_ONE =
      """
       WHERE subject = ? AND name = ? AND observed = ?
        AND EXISTS (SELECT 1 FROM subject WHERE id = ? AND restricted = 0 AND erasing = 0)\
      """;

  private static final String DELETE_VALUE = "DELETE FROM value" + THIS_ONE;

  private static final String DELETE_SOURCE_VALUE = "DELETE FROM source_value" + THIS_ONE;

  private final Db db;
  private final AuditLog log;
  private final Derivations derivations;
  private final InstantSource clock;
  private boolean walHoldsDeleted;

  public Retention(Db db, AuditLog log, Derivations derivations, InstantSource clock) {
    this.derivations = derivations;
    this.db = db;
    this.log = log;
    this.clock = clock;
  }

  /** Sweeps all customers once; returns the number of rows that it deleted. */
  public synchronized long sweep() {
    long deleted = 0;
    long after = Long.MIN_VALUE;
    while (true) {
      List<Long> customers = customers(after);
      if (customers.isEmpty()) {
        break;
      }
      long last = customers.getLast();
      deleted += deleteAll(after, last);
      deleted += removeInvalid(after, last);
      after = last;
    }
    if (deleted > 0) {
      LOG.atInfo().addKeyValue("rows", deleted).log("retention swept");
    }
    emptyWal(deleted);
    return deleted;
  }

  private long deleteAll(long after, long last) {
    long deleted = 0;
    while (true) {
      Expired expired = expired(after, last);
      int now = expired.isEmpty() ? 0 : delete(expired);
      if (now == 0) {
        return deleted;
      }
      deleted += now;
    }
  }

  /**
   * Removes derived values whose grounds have expired, each customer's in a transaction of its own.
   */
  private long removeInvalid(long after, long last) {
    long removed = 0;
    for (SubjectId subject : db.inRead(c -> derivations.withInvalidValues(c, after, last))) {
      removed += db.inWrite(c -> derivations.removeInvalid(c, subject));
    }
    return removed;
  }

  private List<Long> customers(long after) {
    return db.inRead(
        c ->
            Sql.query(
                c,
                "SELECT id FROM subject WHERE id > ? ORDER BY id LIMIT ?",
                row -> row.getLong(1),
                after,
                CUSTOMERS));
  }

  private Expired expired(long after, long last) {
    return db.inRead(
        c -> {
          List<Value> values = new ArrayList<>(values(c, OLD_VALUES, after, last));
          values.addAll(values(c, OLD_SOURCE_VALUES, after, last));
          return new Expired(values, events(c, after, last));
        });
  }

  private List<Value> values(Connection c, String old, long after, long last) throws SQLException {
    return Sql.query(
        c,
        old,
        row -> new Value(row.getLong(1), row.getString(2), row.getLong(3)),
        after,
        last,
        clock.millis(),
        ROWS / 2);
  }

  /**
   * Finds expired events. The join order is intended: one index search for each customer and
   * attribute.
   */
  private List<Event> events(Connection c, long after, long last) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT e.subject, e.name, e.observed, e.id
        FROM subject s CROSS JOIN attribute a CROSS JOIN event e
        WHERE s.id > ? AND s.id <= ? AND s.restricted = 0 AND s.erasing = 0
          AND a.kind = 'EVENT' AND e.subject = s.id AND e.name = a.name
          AND e.observed < ? - a.retention_days * 86400000 LIMIT ?\
        """,
        row -> new Event(row.getLong(1), row.getString(2), row.getLong(3), row.getBytes(4)),
        after,
        last,
        clock.millis(),
        ROWS / 2);
  }

  private int delete(Expired expired) {
    Deleted deleted =
        db.inWrite(
            c -> {
              int values = 0;
              for (Value value : expired.values()) {
                values += delete(c, value);
              }
              int events = 0;
              for (Event event : expired.events()) {
                events += delete(c, event);
              }
              if (values + events > 0) {
                log.stage(c, entry(values, events));
              }
              return new Deleted(values, events);
            });
    return deleted.values() + deleted.events();
  }

  /**
   * Deletes a value, unless it was replaced or its customer restricted meanwhile. The erasure
   * counts those of a customer who is being erased.
   */
  private static int delete(Connection c, Value value) throws SQLException {
    int deleted = delete(c, DELETE_VALUE, value) + delete(c, DELETE_SOURCE_VALUE, value);
    SourceValues.promote(c, new SubjectId(value.subject()), value.name());
    return deleted;
  }

  private static int delete(Connection c, String sql, Value value) throws SQLException {
    return Sql.update(c, sql, value.subject(), value.name(), value.observed(), value.subject());
  }

  private static int delete(Connection c, Event event) throws SQLException {
    return Sql.update(
        c,
        """
        DELETE FROM event WHERE subject = ? AND name = ? AND observed = ? AND id = ?
          AND EXISTS (SELECT 1 FROM subject WHERE id = ? AND restricted = 0 AND erasing = 0)\
        """,
        event.subject(),
        event.name(),
        event.observed(),
        event.id(),
        event.subject());
  }

  private static AuditEntry entry(int values, int events) {
    return AuditEntry.of(
        EntryType.RETENTION,
        Map.of("actor", "vault", "action", "sweep", "values", values, "events", events));
  }

  /** Removes deleted rows from the write-ahead log, now or next time: their keys still exist. */
  private void emptyWal(long deleted) {
    walHoldsDeleted |= deleted > 0;
    if (walHoldsDeleted) {
      db.truncateWal();
      walHoldsDeleted = false;
    }
  }
}
