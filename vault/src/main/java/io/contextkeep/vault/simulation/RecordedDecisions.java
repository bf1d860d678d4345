package io.contextkeep.vault.simulation;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.RecordedQuestion;
import io.contextkeep.vault.context.QuestionRecord;
import io.contextkeep.vault.crypto.SealBroken;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The decisions in the log with their questions, decrypted with the customers' keys. Entries
 * without a decision are skipped; a decision never is.
 */
final class RecordedDecisions {
  private final Db db;
  private final SubjectKeys keys;

  public RecordedDecisions(Db db, SubjectKeys keys) {
    this.db = db;
    this.keys = keys;
  }

  /** The decisions of a page of entries, and the index where the next page begins. */
  record Page(List<Found> decisions, long next) {}

  /** An entry with its sealed private part. */
  private record Sealed(AuditRow entry, Optional<AuditReader.SealedPart> part) {}

  /** Returns the decisions of a page of matching entries, from an index on. */
  Page page(AuditQuery query, long from, long before, int max) {
    List<Sealed> rows = db.inRead(c -> sealed(c, AuditSearch.oldest(c, query, from, before, max)));
    long next = rows.size() < max ? before : rows.getLast().entry().index() + 1;
    return new Page(decisions(rows), next);
  }

  /** Returns the decisions of a request. */
  public List<Found> ofRequest(String request, int max) {
    AuditQuery query = AuditQuery.ALL.withRequest(request);
    return decisions(
        db.inRead(c -> sealed(c, AuditSearch.oldest(c, query, 0, Long.MAX_VALUE, max))));
  }

  /** Returns the decision of an entry; empty if the entry does not exist or records none. */
  public Optional<Found> at(long index) {
    List<Found> found =
        decisions(
            db.inRead(c -> sealed(c, AuditSearch.oldest(c, AuditQuery.ALL, index, index + 1, 1))));
    return found.stream().findFirst();
  }

  /** Returns the first matching index, and the one after the last; equal if none matches. */
  long[] range(AuditQuery query) {
    return db.inRead(
        c -> {
          List<AuditRow> first = AuditSearch.oldest(c, query, 0, Long.MAX_VALUE, 1);
          List<AuditRow> last = AuditSearch.newest(c, query, Long.MAX_VALUE, 1);
          return first.isEmpty() || last.isEmpty()
              ? new long[] {0, 0}
              : new long[] {first.getFirst().index(), last.getFirst().index() + 1};
        });
  }

  private static List<Sealed> sealed(Connection c, List<AuditRow> rows) throws SQLException {
    List<Sealed> sealed = new ArrayList<>();
    for (AuditRow row : rows) {
      sealed.add(new Sealed(row, AuditReader.sealed(c, row)));
    }
    return sealed;
  }

  private List<Found> decisions(List<Sealed> rows) {
    return rows.stream()
        .filter(row -> !row.entry().word("decision").isEmpty())
        .map(this::found)
        .toList();
  }

  private Found found(Sealed row) {
    AuditRow entry = row.entry();
    if (!entry.word("population").isEmpty()) {
      return new Found.Missing(entry, MissingReason.STATISTIC);
    }
    if (entry.word("commit").isEmpty()
        || row.part().filter(RecordedDecisions::isOfNobody).isPresent()) {
      return new Found.Missing(entry, MissingReason.UNKNOWN_CUSTOMER);
    }
    Optional<SubjectKey> key = row.part().flatMap(part -> keys.find(new SubjectId(part.subject())));
    return key.isEmpty()
        ? new Found.Missing(entry, MissingReason.ERASED)
        : opened(entry, row.part().orElseThrow(), key.get());
  }

  private static boolean isOfNobody(AuditReader.SealedPart part) {
    return new SubjectId(part.subject()).isNobody();
  }

  private static Found opened(AuditRow entry, AuditReader.SealedPart part, SubjectKey key) {
    try {
      Optional<RecordedQuestion> recorded = QuestionRecord.of(part.open(entry, key));
      return recorded.isEmpty()
          ? new Found.Missing(entry, MissingReason.UNRECORDED)
          : new Found.Recorded(
              entry, recorded.get().question(Optional.of(new SubjectId(part.subject()))));
    } catch (SealBroken | IllegalArgumentException e) {
      return new Found.Missing(entry, MissingReason.UNREADABLE);
    }
  }
}
