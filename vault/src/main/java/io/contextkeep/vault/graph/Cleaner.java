package io.contextkeep.vault.graph;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.SubjectId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes erased customers from the graph, and deleted data from the files. Deleting is not enough:
 * Jena keeps names and literals until a compaction; SQLite overwrites a deleted row, but until the
 * file is rewritten it keeps the copies that page splits left in unused space, and keys in the
 * inner pages of its trees.
 *
 * <p>A customer erased during such work waits for the next run. An erasure is complete after all of
 * these; then its row is deleted, and the write-ahead log emptied that still has the row. A start
 * always empties the log, because a crash may have come in between.
 */
final class Cleaner {
  private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

  /** The writes between compactions; each leaves at least 256 KiB of replaced blocks behind. */
  private static final int WRITES = 1_000;

  /** The size from which a file is rewritten only once a day, since rewriting blocks writes. */
  private static final long LARGE = 512L << 20;

  private final Projection projection;
  private final Origin origin;
  private final Chore compaction;
  private final Chore rewriting;

  /** Erased customers whose graph is removed; the second set is also gone from Jena's files. */
  private final Set<SubjectId> removed = new HashSet<>();

  private final Set<SubjectId> compacted = new HashSet<>();
  private boolean logHoldsErased = true;

  Cleaner(Projection projection, Origin origin) {
    this.projection = projection;
    this.origin = origin;
    this.compaction = new Chore(projection::compact, () -> Duration.ZERO);
    this.rewriting =
        new Chore(
            origin::rewrite, () -> origin.size() < LARGE ? Duration.ZERO : Duration.ofDays(1));
  }

  /** Does the work that is due; returns whether any is left. */
  boolean clean() {
    List<SubjectId> erased = origin.erasures();
    remove(erased);
    compact(erased);
    boolean forgotten = erased.isEmpty() || rewrite(erased);
    truncateLog();
    return logHoldsErased || !forgotten || needsCompaction();
  }

  private void remove(List<SubjectId> erased) {
    List<SubjectId> present = erased.stream().filter(s -> !removed.contains(s)).toList();
    if (!present.isEmpty()) {
      projection.remove(present);
      removed.addAll(present);
    }
  }

  private void compact(List<SubjectId> erased) {
    if ((!compacted.containsAll(erased) || needsCompaction()) && compaction.isRested()) {
      compaction.run();
      if (!erased.isEmpty()) {
        origin.compacted(erased);
      }
      compacted.addAll(erased);
    }
  }

  private boolean needsCompaction() {
    return projection.progress().writes() >= WRITES || projection.isBloated();
  }

  private boolean rewrite(List<SubjectId> erased) {
    if (!compacted.containsAll(erased) || !rewriting.isRested()) {
      return false;
    }
    rewriting.run();
    origin.erased(erased);
    removed.clear();
    compacted.clear();
    logHoldsErased = true;
    LOG.atInfo()
        .addKeyValue("customers", erased.size())
        .log("erased customers are gone from graph and database");
    return true;
  }

  private void truncateLog() {
    if (logHoldsErased) {
      try {
        origin.truncateWal();
        logHoldsErased = false;
      } catch (StoreUnavailable readersAreBusy) {
        LOG.atDebug().log("the write-ahead log will be emptied later");
      }
    }
  }
}
