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
 * Takes the erased out of the graph, and what was deleted out of the files. Neither Jena nor SQLite
 * forgets by deleting: Jena keeps names and words until a compaction; SQLite overwrites a deleted
 * row, but not the copies of it that page splits left in unused space, and keeps keys as signposts
 * inside its trees, until the file is rewritten.
 *
 * <p>Whoever is erased while such work runs waits, together with others, for the next. An erasure
 * counts as done when all of it is done; then its note is deleted and the write-ahead log emptied
 * that still has the note. A start empties it in any case, because a crash may have come between.
 */
final class Cleaner {
  private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

  /** Each write leaves a quarter of a megabyte of replaced blocks behind, or more. */
  private static final int WRITES = 1_000;

  /** Nothing is written while SQLite rewrites a file: a large one is rewritten once a day. */
  private static final long NOTICED = 512L << 20;

  private final Projection projection;
  private final Origin origin;
  private final Chore compaction;
  private final Chore rewriting;

  /** Those of the erased whose graph is removed, and those who are out of Jena's files too. */
  private final Set<SubjectId> removed = new HashSet<>();

  private final Set<SubjectId> compacted = new HashSet<>();
  private boolean logHoldsErased = true;

  Cleaner(Projection projection, Origin origin) {
    this.projection = projection;
    this.origin = origin;
    this.compaction = new Chore(projection::compact, () -> Duration.ZERO);
    this.rewriting =
        new Chore(
            origin::rewrite, () -> origin.size() < NOTICED ? Duration.ZERO : Duration.ofDays(1));
  }

  /** Does what is due and not too tiring; says whether something is left to do. */
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
        .log("the erased are gone from graph and database");
    return true;
  }

  private void truncateLog() {
    if (logHoldsErased) {
      try {
        origin.truncateWal();
        logHoldsErased = false;
      } catch (StoreUnavailable readersAreBusy) {
        LOG.atDebug().log("the write-ahead log is emptied a little later");
      }
    }
  }
}
