package io.contextkeep.vault.store;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.Jcs;
import io.contextkeep.audit.Receipt;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.NoticeKeys;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.crypto.SubjectKeys.Destruction;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
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
 * Erasure in steps, each of which can be done again: the customer is marked (from then on nobody
 * finds them), whoever was given their data is noted, the key is destroyed, the rows are deleted
 * with the entry that accounts for them, the write-ahead log is emptied of them, the mark is
 * removed. A start finishes what a crash left marked. The graph follows: who is to be removed from
 * it is noted in {@link GraphErasures}. Each step is certified in the transaction that does it.
 */
public final class Erasure {
  /** What hangs on others goes first, so that each table's rows are counted. */
  private static final List<String> TABLES =
      List.of(
          "identifier",
          "unlinked_identifier",
          "derivation_ground",
          "derivation_input",
          "derivation",
          "value",
          "source_value",
          "event",
          "consent_event",
          "consent_state",
          "consent_receipt",
          "objection",
          "rights_subject",
          "signal",
          "no_event",
          "dp_customer");

  /**
   * What else ends with a customer, in the transaction that deletes her rows and before it does.
   */
  @FunctionalInterface
  public interface Aftermath {
    void erased(Connection c, SubjectId subject, Receipt erasure) throws SQLException;
  }

  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final AuditLog log;
  private final Aftermath aftermath;
  private final Recipients recipients;
  private final InstantSource clock;
  private final Optional<Period> backupRetention;
  private volatile boolean unfinished;

  /**
   * @param backupRetention how long copies are kept, where somebody promised a time
   */
  public Erasure(
      Db db,
      Customers customers,
      SubjectKeys keys,
      AuditLog log,
      Aftermath aftermath,
      InstantSource clock,
      Optional<Period> backupRetention) {
    this.db = db;
    this.customers = customers;
    this.keys = keys;
    this.log = log;
    this.aftermath = aftermath;
    this.recipients = new Recipients(db);
    this.clock = clock;
    this.backupRetention = backupRetention;
  }

  /**
   * Marks the customer; what follows happens now or, after a crash, at the next start.
   *
   * @param code leads to the certificate from the same moment on
   * @return the number of the certificate that there will be; empty, and nothing is done, where the
   *     code is that of another erasure
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
   * @throws StoreUnavailable if that could not be finished now: nobody finds the customer any more,
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
      // The mark goes last: until the deleted rows have left the disk too, a start must come back.
      db.inWrite(
          c -> {
            ErasureCertificates.logEmptied(c, number, clock.instant());
            return Sql.update(c, "DELETE FROM subject WHERE id = ?", subject.value());
          });
    } catch (StoreUnavailable e) {
      unfinished = true;
      throw e;
    }
  }

  /** Whose key is still there was not erased before: this is what somebody asked for. */
  private void begin(String number) {
    db.inWrite(
        c -> {
          ErasureCertificates.begin(c, number, clock.instant());
          return 0;
        });
  }

  /** While her key still opens what says by which name each of them knows her. */
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

  private void deleteRows(SubjectId subject, Destruction key, String requestId) {
    db.inWrite(
        c -> {
          noteUnnamed(c, subject, key.number());
          boolean everyRecipient = !AuditReader.isPruned(c, subject.value());
          Removals.add(c, clock.instant(), Removals.held(c, subject));
          SortedMap<String, Long> deleted = new TreeMap<>();
          deleted.put("audit_private", AuditReader.count(c, subject.value()));
          Receipt entry = log.stageErasure(c, subject.value(), Map.of("request", requestId));
          aftermath.erased(c, subject, entry);
          for (String table : TABLES) {
            long rows =
                Sql.update(c, "DELETE FROM " + table + " WHERE subject = ?", subject.value());
            deleted.put(table, rows);
          }
          GraphErasures.add(c, subject, key.number());
          ErasureCertificates.rowsDeleted(
              c, key, clock.instant(), deleted, entry, backupRetention, everyRecipient);
          return entry;
        });
  }

  /** Whoever read her in the last moment, or in a restored copy: nothing says by which name. */
  private void noteUnnamed(Connection c, SubjectId subject, String number) throws SQLException {
    for (String app : AuditReader.readers(c, subject.value())) {
      ErasureNotices.addUnnamed(c, jti(), number, app, clock.instant());
    }
  }

  /**
   * Finishes every erasure that was begun, and those of which an older copy of the rows was
   * restored: the keys remember whom they were destroyed for.
   */
  public int resume() {
    unfinished = false;
    Set<SubjectId> begun = new LinkedHashSet<>(db.inRead(customers::erasing));
    begun.addAll(restored());
    begun.forEach(subject -> finish(subject, "resumed"));
    return begun.size();
  }

  /** Tries again what could not be finished since the start. */
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
            Sql.one(c, "SELECT id FROM subject WHERE id = ?", row -> subject, subject.value())
                .ifPresent(restored::add);
          }
          return restored;
        });
  }
}
