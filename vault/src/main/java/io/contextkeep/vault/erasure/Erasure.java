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
 * Erasure in steps, each of which can be done again: the customer is marked (from then on nobody
 * finds them), whoever was given their data is noted, the key is destroyed, the rows are deleted, a
 * bounded number in one transaction together with the entry that accounts for them, the write-ahead
 * log is emptied of them, the mark is removed. A start finishes what a crash left marked. The graph
 * follows: who is to be removed from it is noted in {@link GraphErasures}. Each step is certified
 * in the transaction that does it.
 */
public final class Erasure {
  /** Rows that one transaction deletes: others' writes wait behind it. */
  static final int ROWS = 250;

  /**
   * Each table with its primary key. What hangs on others goes first, so that each table's rows are
   * counted; the identifiers go last, so that nobody gets one of them before.
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

  /** Which cases are the customer's: of the open ones there are few, and they are ended first. */
  private static final Table CASES =
      new Table(
          "rights_subject",
          "SELECT request FROM rights_subject WHERE subject = ? LIMIT ?",
          "DELETE FROM rights_subject WHERE request = ?");

  /**
   * A table with rows about customers.
   *
   * @param select gives the keys of some of a customer's rows
   * @param delete deletes the row of a key
   */
  private record Table(String name, String select, String delete) {

    /** Deletes some of the customer's rows; gives how many. */
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

  /** By which it finds the customer's rows, in the writer. */
  static List<String> selects() {
    return Stream.concat(TABLES.stream(), Stream.of(CASES)).map(Table::select).toList();
  }

  /** What is known of the rows before the first of them is deleted. */
  private record Held(List<String> readers, SortedMap<DataCategory, Integer> categories) {}

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

  /**
   * Deletes the rows, as many in one transaction as others can wait for. Nothing comes in any more:
   * the key is destroyed, without which no row is made, and nothing can be recorded.
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
      // Others have their turn.
    }
  }

  /** Notes once what the rows would tell no more when some of them are gone. */
  private int begin(Connection c, Held held, String number) throws SQLException {
    if (ErasureCertificates.beginCount(c, number)) {
      noteUnnamed(c, held.readers(), number);
      Removals.add(c, clock.instant(), held.categories());
    }
    return 0;
  }

  /** Deletes the next rows; gives whether they were the last. */
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

  /** Whoever read her in the last moment, or in a restored copy: nothing says by which name. */
  private void noteUnnamed(Connection c, List<String> readers, String number) throws SQLException {
    for (String app : readers) {
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
