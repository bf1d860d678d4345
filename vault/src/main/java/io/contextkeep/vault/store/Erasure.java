package io.contextkeep.vault.store;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.util.List;
import java.util.Map;

/**
 * Erasure in steps, each of which can be done again: the customer is marked (from then on nobody
 * finds them), the key is destroyed, the rows are deleted with the entry that accounts for them,
 * the write-ahead log is emptied of them, the mark is removed. A start finishes what a crash left
 * marked.
 */
public final class Erasure {
  private static final List<String> TABLES =
      List.of("identifier", "value", "event", "consent_event", "consent_state", "objection");

  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final AuditLog log;

  public Erasure(Db db, Customers customers, SubjectKeys keys, AuditLog log) {
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

  public void finish(SubjectId subject, String requestId) {
    keys.shred(subject);
    db.inWrite(
        c -> {
          for (String table : TABLES) {
            Sql.update(c, "DELETE FROM " + table + " WHERE subject = ?", subject.value());
          }
          return log.stageErasure(c, subject.value(), Map.of("request", requestId));
        });
    db.truncateWal();
    // The mark goes last: until the deleted rows have left the disk too, a start must come back.
    db.inWrite(c -> Sql.update(c, "DELETE FROM subject WHERE id = ?", subject.value()));
  }

  /** Finishes every erasure that was begun. */
  public int resume() {
    List<SubjectId> begun = db.inRead(customers::erasing);
    begun.forEach(subject -> finish(subject, "resumed"));
    return begun.size();
  }
}
