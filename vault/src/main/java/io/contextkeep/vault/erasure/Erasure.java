package io.contextkeep.vault.erasure;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.Jcs;
import io.contextkeep.audit.Receipt;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.NoticeKeys;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.crypto.SubjectKeys.Destruction;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.provenance.Removals;
import java.sql.Connection;
import java.sql.ResultSet;
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
import java.util.stream.Stream;

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

  /**
   * The tables with their primary keys. Dependent tables come first, so that the rows of each are
   * counted; the identifiers come last, so that no other customer gets one of them before.
   */
  private static final List<Table> TABLES =
      List.of(
          new Table(
              "unlinked_identifier",
              "SELECT subject, kind, blind FROM unlinked_identifier WHERE subject = ? LIMIT ?",
              "DELETE FROM unlinked_identifier WHERE subject = ? AND kind = ? AND blind = ?"),
          new Table(
              "derivation_ground",
              "SELECT subject, name, clause, purpose, recipient FROM derivation_ground"
                  + " WHERE subject = ? LIMIT ?",
              "DELETE FROM derivation_ground WHERE subject = ? AND name = ? AND clause = ?"
                  + " AND purpose = ? AND recipient = ?"),
          new Table(
              "derivation_input",
              "SELECT subject, name, input FROM derivation_input WHERE subject = ? LIMIT ?",
              "DELETE FROM derivation_input WHERE subject = ? AND name = ? AND input = ?"),
          new Table(
              "derivation",
              "SELECT subject, name FROM derivation WHERE subject = ? LIMIT ?",
              "DELETE FROM derivation WHERE subject = ? AND name = ?"),
          new Table(
              "value",
              "SELECT subject, name FROM value WHERE subject = ? LIMIT ?",
              "DELETE FROM value WHERE subject = ? AND name = ?"),
          new Table(
              "source_value",
              "SELECT subject, name, source FROM source_value WHERE subject = ? LIMIT ?",
              "DELETE FROM source_value WHERE subject = ? AND name = ? AND source = ?"),
          new Table(
              "event",
              "SELECT subject, name, observed, id FROM event WHERE subject = ? LIMIT ?",
              "DELETE FROM event WHERE subject = ? AND name = ? AND observed = ? AND id = ?"),
          new Table(
              "consent_event",
              "SELECT id FROM consent_event WHERE subject = ? LIMIT ?",
              "DELETE FROM consent_event WHERE id = ?"),
          new Table(
              "consent_state",
              "SELECT subject, purpose, recipient FROM consent_state WHERE subject = ? LIMIT ?",
              "DELETE FROM consent_state WHERE subject = ? AND purpose = ? AND recipient = ?"),
          new Table(
              "consent_receipt",
              "SELECT number FROM consent_receipt WHERE subject = ? LIMIT ?",
              "DELETE FROM consent_receipt WHERE number = ?"),
          new Table(
              "objection",
              "SELECT subject, purpose FROM objection WHERE subject = ? LIMIT ?",
              "DELETE FROM objection WHERE subject = ? AND purpose = ?"),
          new Table(
              "signal",
              "SELECT number FROM signal WHERE subject = ? LIMIT ?",
              "DELETE FROM signal WHERE number = ?"),
          new Table(
              "no_event",
              "SELECT id FROM no_event WHERE subject = ? LIMIT ?",
              "DELETE FROM no_event WHERE id = ?"),
          new Table(
              "dp_customer",
              "SELECT subject, purpose, population FROM dp_customer WHERE subject = ? LIMIT ?",
              "DELETE FROM dp_customer WHERE subject = ? AND purpose = ? AND population = ?"),
          new Table(
              "rights_subject",
              "SELECT request FROM rights_subject WHERE subject = ? AND closed = 1 LIMIT ?",
              "DELETE FROM rights_subject WHERE request = ?"),
          new Table(
              "identifier",
              "SELECT kind, blind FROM identifier WHERE subject = ? LIMIT ?",
              "DELETE FROM identifier WHERE kind = ? AND blind = ?"));

  /** The customer's cases. The few open ones are ended first. */
  private static final Table CASES =
      new Table(
          "rights_subject",
          "SELECT request FROM rights_subject WHERE subject = ? LIMIT ?",
          "DELETE FROM rights_subject WHERE request = ?");

  /**
   * A table with rows about customers.
   *
   * @param select selects the keys of some of a customer's rows
   * @param delete deletes the row of a key
   */
  private record Table(String name, String select, String delete) {

    /** Deletes some of the customer's rows and returns how many. */
    int delete(Connection c, SubjectId subject, int most) throws SQLException {
      List<Object[]> keys = Sql.query(c, select, Table::key, subject.value(), most);
      for (Object[] key : keys) {
        Sql.update(c, delete, key);
      }
      return keys.size();
    }

    private static Object[] key(ResultSet row) throws SQLException {
      Object[] columns = new Object[row.getMetaData().getColumnCount()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = row.getObject(i + 1);
      }
      return columns;
    }
  }

  /** Returns the statement that finds the customer's rows, in the writer. */
  static List<String> selects() {
    return Stream.concat(TABLES.stream(), Stream.of(CASES)).map(Table::select).toList();
  }

  /** Facts about the rows, collected before the first is deleted. */
  private record Held(List<String> readers, SortedMap<DataCategory, Integer> categories) {}

  /**
   * A listener of other features that ends what they hold about a customer, in the transaction that
   * deletes the rows and before they are deleted.
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
   * @param backupRetention how long copies are kept, where that is set
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
            return Sql.update(c, "DELETE FROM subject WHERE id = ?", subject.value());
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
    Held held =
        db.inRead(
            c -> new Held(AuditReader.readers(c, subject.value()), Removals.held(c, subject)));
    db.inWrite(c -> begin(c, held, key.number()));
    while (!db.<Boolean>inWrite(c -> deleteSome(c, subject, key, requestId))) {
      // Other writes have their turn.
    }
  }

  /** Records once the facts that cannot be derived any more after some rows are deleted. */
  private int begin(Connection c, Held held, String number) throws SQLException {
    if (ErasureCertificates.beginCount(c, number)) {
      noteUnnamed(c, held.readers(), number);
      Removals.add(c, clock.instant(), held.categories());
    }
    return 0;
  }

  /** Deletes the next rows and returns whether they were the last. */
  private boolean deleteSome(Connection c, SubjectId subject, Destruction key, String requestId)
      throws SQLException {
    SortedMap<String, Long> deleted = new TreeMap<>();
    int left = ROWS;
    for (Table table : TABLES) {
      int rows = table.delete(c, subject, left);
      deleted.put(table.name(), (long) rows);
      left -= rows;
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
    aftermath.erased(c, subject, entry);
    deleted.merge(CASES.name(), (long) CASES.delete(c, subject, Integer.MAX_VALUE), Long::sum);
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
            Sql.one(c, "SELECT id FROM subject WHERE id = ?", row -> subject, subject.value())
                .ifPresent(restored::add);
          }
          return restored;
        });
  }
}
