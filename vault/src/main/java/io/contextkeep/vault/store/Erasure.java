package io.contextkeep.vault.store;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Erasure in steps, each of which can be done again: the customer is marked (from then on nobody
 * finds them), the key is destroyed, the rows are deleted with the entry that accounts for them,
 * the write-ahead log is emptied of them, the mark is removed. A start finishes what a crash left
 * marked. The graph follows: who is to be removed from it is noted in {@link GraphErasures}.
 */
public final class Erasure {
  private static final List<String> TABLES =
      List.of(
          "identifier",
          "value",
          "event",
          "derivation",
          "derivation_ground",
          "derivation_input",
          "consent_event",
          "consent_state",
          "consent_receipt",
          "objection");

  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final AuditLog log;
  private final InstantSource clock;
  private volatile boolean unfinished;

  public Erasure(Db db, Customers customers, SubjectKeys keys, AuditLog log, InstantSource clock) {
    this.clock = clock;
    this.db = db;
    this.customers = customers;
    this.keys = keys;
    this.log = log;
  }

  /** Marks the customer; what follows happens now or, after a crash, at the next start. */
  public void mark(SubjectId subject) {
    db.inWrite(
        c -> {
          customers.startErasing(c, subject);
          return 0;
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
      keys.shred(subject);
      deleteRows(subject, requestId);
      db.truncateWal();
      // The mark goes last: until the deleted rows have left the disk too, a start must come back.
      db.inWrite(c -> Sql.update(c, "DELETE FROM subject WHERE id = ?", subject.value()));
    } catch (StoreUnavailable e) {
      unfinished = true;
      throw e;
    }
  }

  private void deleteRows(SubjectId subject, String requestId) {
    db.inWrite(
        c -> {
          Removals.add(c, clock.instant(), Removals.held(c, subject));
          for (String table : TABLES) {
            Sql.update(c, "DELETE FROM " + table + " WHERE subject = ?", subject.value());
          }
          GraphErasures.add(c, subject);
          return log.stageErasure(c, subject.value(), Map.of("request", requestId));
        });
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
