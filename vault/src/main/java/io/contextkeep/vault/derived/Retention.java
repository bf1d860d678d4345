package io.contextkeep.vault.derived;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.ExpiredData;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import java.time.InstantSource;
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
      long from = after;
      List<Customers.Entry> page = db.inRead(c -> Customers.page(c, from, CUSTOMERS));
      if (page.isEmpty()) {
        break;
      }
      long last = page.getLast().subject().value();
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
      ExpiredData expired = expired(after, last);
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

  private ExpiredData expired(long after, long last) {
    return db.inRead(c -> ExpiredData.find(c, after, last, clock.millis(), ROWS / 2));
  }

  private int delete(ExpiredData expired) {
    return db.inWrite(
        c -> {
          ExpiredData.Deleted deleted = expired.delete(c);
          if (deleted.rows() > 0) {
            log.stage(c, entry(deleted.values(), deleted.events()));
          }
          return deleted.rows();
        });
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
