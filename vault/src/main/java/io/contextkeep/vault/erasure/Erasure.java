package io.contextkeep.vault.erasure;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.Jcs;
import io.contextkeep.audit.Receipt;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.crypto.NoticeKeys;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.crypto.SubjectKeys.Destruction;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.provenance.Removals;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.Period;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The erasure of a customer, in steps that can each be repeated: the customer is marked and no
 * longer found, the recipients of their data are recorded, the key is destroyed, the rows are
 * deleted in transactions of a bounded size with the log entry that accounts for them, the
 * write-ahead log is emptied, the mark is removed. A start finishes what a crash left marked.
 * {@link GraphErasures} records which customers are still to be removed from the graph. Each step
 * is certified in its own transaction.
 */
public final class Erasure {
  /** The most rows that one transaction deletes, since other writes wait for it. */
  static final int ROWS = 250;

  /** Facts about the rows, collected before the first is deleted. */
  private record Before(List<String> readers, SortedMap<DataCategory, Integer> categories) {}

  /** The count of what is held about a customer. */
  @FunctionalInterface
  public interface Count {
    /** Returns the number of values and events of each category. */
    SortedMap<DataCategory, Integer> of(Connection c, SubjectId subject) throws SQLException;
  }

  /** The end of a customer's cases, in the transaction that deletes the last rows. */
  @FunctionalInterface
  public interface Aftermath {
    /**
     * Ends the cases.
     *
     * @return the number of rows that were deleted, by table
     */
    Map<String, Long> erased(Connection c, SubjectId subject, Receipt erasure) throws SQLException;
  }

  /**
   * What the other features hold about customers.
   *
   * @param rows the rows to delete, in this order
   */
  public record Held(Count count, List<HeldRows> rows, Aftermath aftermath) {
    public Held {
      rows = List.copyOf(rows);
    }
  }

  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final AuditLog log;
  private final Held held;
  private final Recipients recipients;
  private final InstantSource clock;
  private final Optional<Period> backupRetention;
  private volatile boolean unfinished;

  /**
   * @param backupRetention how long copies are kept, where that is set
   */
  public Erasure(
      Db db,
      Customers customers,
      SubjectKeys keys,
      AuditLog log,
      Held held,
      InstantSource clock,
      Optional<Period> backupRetention) {
    this.db = db;
    this.customers = customers;
    this.keys = keys;
    this.log = log;
    this.held = held;
    this.recipients = new Recipients(db);
    this.clock = clock;
    this.backupRetention = backupRetention;
  }

  /**
   * Marks the customer. The next steps follow now or, after a crash, at the next start.
   *
   * @param code the code that gives access to the certificate from the same moment on
   * @return the number of the future certificate; empty, without any effect, where the code belongs
   *     to another erasure
   */
  public Optional<String> mark(SubjectId subject, Optional<ReceiptCode> code) {
    String number = keys.destruction(subject).number();
    return db.inWrite(
        c -> {
          if (code.isPresent() && !ErasureCertificates.addCode(c, code.get(), number)) {
            return Optional.empty();
          }
          customers.startErasing(c, subject);
          ErasureCertificates.begin(c, number, clock.instant());
          return Optional.of(number);
        });
  }

  /**
   * Destroys the key and the rows.
   *
   * @throws StoreUnavailable if that could not be finished now: the customer is no longer found,
   *     and it is tried again every minute and at the next start
   */
  public void finish(SubjectId subject, String requestId) {
    try {
      String number = keys.destruction(subject).number();
      keys.find(subject)
          .ifPresent(
              key -> {
                begin(number);
                noteRecipients(subject, key, number);
              });
      keys.shred(subject, clock.instant());
      deleteRows(subject, keys.destruction(subject), requestId);
      db.truncateWal();
      // The mark goes last: until the deleted rows have left the disk, a start must try again.
      db.inWrite(
          c -> {
            ErasureCertificates.logEmptied(c, number, clock.instant());
            return Customers.delete(c, subject);
          });
    } catch (StoreUnavailable e) {
      unfinished = true;
      throw e;
    }
  }

  /** Begins the certificate. The customer's key exists, so no earlier erasure has one. */
  private void begin(String number) {
    db.inWrite(
        c -> {
          ErasureCertificates.begin(c, number, clock.instant());
          return 0;
        });
  }

  /** Records the recipients while the key still opens the names by which they know the customer. */
  private void noteRecipients(SubjectId subject, SubjectKey key, String number) {
    recipients
        .of(subject, key)
        .forEach(
            (app, names) -> {
              if (!names.isEmpty() && !db.inRead(c -> ErasureNotices.isNoted(c, number, app))) {
                String jti = jti();
                NoticeKeys.Sealed sealed = keys.notices().seal(jti, Jcs.bytes(List.copyOf(names)));
                db.inWrite(
                    c -> {
                      ErasureNotices.add(c, jti, number, app, sealed, clock.instant());
                      return 0;
                    });
              }
            });
  }

  private static String jti() {
    return UUID.randomUUID().toString();
  }

  /**
   * Deletes the rows, a bounded number in one transaction. No new rows are made, since that needs
   * the key, which is destroyed.
   */
  private void deleteRows(SubjectId subject, Destruction key, String requestId) {
    db.inWrite(
        _ -> {
          log.stopRecordingAbout(subject.value());
          return 0;
        });
    Before before =
        db.inRead(
            c -> new Before(AuditReader.readers(c, subject.value()), held.count().of(c, subject)));
    db.inWrite(c -> begin(c, before, key.number()));
    while (!db.<Boolean>inWrite(c -> deleteSome(c, subject, key, requestId))) {
      // Other writes have their turn.
    }
  }

  /** Records once the facts that the rows no longer show when some of them are gone. */
  private int begin(Connection c, Before before, String number) throws SQLException {
    if (ErasureCertificates.beginCount(c, number)) {
      noteUnnamed(c, before.readers(), number);
      Removals.add(c, clock.instant(), before.categories());
    }
    return 0;
  }

  /** Deletes the next rows and returns whether they were the last. */
  private boolean deleteSome(Connection c, SubjectId subject, Destruction key, String requestId)
      throws SQLException {
    SortedMap<String, Long> deleted = new TreeMap<>();
    int left = ROWS;
    for (HeldRows rows : held.rows()) {
      int some = rows.delete(c, subject, left);
      deleted.put(rows.table(), (long) some);
      left -= some;
    }
    int parts = (int) AuditReader.count(c, subject.value(), left + 1);
    deleted.put("audit_private", (long) Math.min(parts, left));
    boolean last = parts <= left && left > 0;
    if (last) {
      finish(c, subject, key, requestId, deleted);
    } else {
      if (left > 0) {
        log.stageErasure(c, subject.value(), Map.of("request", requestId), left);
      }
      ErasureCertificates.count(c, key.number(), deleted);
    }
    return last;
  }

  private void finish(
      Connection c,
      SubjectId subject,
      Destruction key,
      String requestId,
      SortedMap<String, Long> deleted)
      throws SQLException {
    boolean everyRecipient = !AuditReader.isPruned(c, subject.value());
    Receipt entry = log.stageErasure(c, subject.value(), Map.of("request", requestId), ROWS + 1);
    held.aftermath()
        .erased(c, subject, entry)
        .forEach((table, rows) -> deleted.merge(table, rows, Long::sum));
    GraphErasures.add(c, subject, key.number());
    ErasureCertificates.count(c, key.number(), deleted);
    ErasureCertificates.rowsDeleted(
        c, key, clock.instant(), entry, backupRetention, everyRecipient);
  }

  /** Records recipients of the last moment, or of a restored copy, whose names are unknown. */
  private void noteUnnamed(Connection c, List<String> readers, String number) throws SQLException {
    for (String app : readers) {
      ErasureNotices.addUnnamed(c, jti(), number, app, clock.instant());
    }
  }

  /**
   * Finishes every erasure that was begun, also of customers whose rows were restored from an older
   * copy: the key store keeps a record of destroyed keys.
   */
  public int resume() {
    unfinished = false;
    Set<SubjectId> begun = new LinkedHashSet<>(db.inRead(customers::erasing));
    begun.addAll(restored());
    begun.forEach(subject -> finish(subject, "resumed"));
    return begun.size();
  }

  /** Retries the erasures that could not be finished since the start. */
  public void resumeUnfinished() {
    if (unfinished) {
      resume();
    }
  }

  private List<SubjectId> restored() {
    List<SubjectId> restored = new ArrayList<>();
    List<SubjectId> shredded = keys.shredded();
    return db.inRead(
        c -> {
          for (SubjectId subject : shredded) {
            if (Customers.exists(c, subject)) {
              restored.add(subject);
            }
          }
          return restored;
        });
  }
}
