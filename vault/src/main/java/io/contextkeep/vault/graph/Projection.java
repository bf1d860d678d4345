package io.contextkeep.vault.graph;

import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.SubjectId;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The projection of the database into the graph, a slice at a time. For each slice the mark beside
 * the graph is written first, then the graph, then the progress in the database. After a crash in
 * between, the slice is written again, which changes nothing.
 *
 * <p>So the progress in the database is never ahead of the mark, and the mark never ahead of the
 * newest row. Otherwise one of the two was restored from a copy or is missing, and the graph is
 * rebuilt.
 */
final class Projection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Projection.class);

  /** The growth below which files are not compacted. */
  private static final long MIN_GROWTH = 512L << 20;

  private final Origin origin;
  private final GraphDirectory directory;
  private final Graphs graphs;
  private final Lending lending;
  private Progress progress;

  /** The size of its files when they were last compacted or opened. */
  private long compacted;

  private Projection(
      Origin origin, GraphDirectory directory, Graphs graphs, Lending lending, Progress progress) {
    this.lending = lending;
    this.origin = origin;
    this.directory = directory;
    this.graphs = graphs;
    this.progress = progress;
    this.compacted = graphs.size();
  }

  /**
   * Continues the graph, or starts a new one.
   *
   * @param lending lends the graph to readers
   * @param known the newest rows before any write of this process: later numbers may have been
   *     those of other events in the graph
   */
  static Projection open(
      Origin origin, GraphDirectory directory, Lending lending, Newest known, SecureRandom random) {
    Progress progress =
        origin
            .progress()
            .filter(stored -> isInStep(stored, directory.mark(), known))
            .orElseGet(() -> anew(origin, directory, random));
    Graphs graphs = directory.open(progress);
    lending.lend(graphs);
    return new Projection(origin, directory, graphs, lending, progress);
  }

  private static boolean isInStep(Progress stored, Optional<Progress> marked, Newest known) {
    return marked
        .filter(mark -> mark.graph() == stored.graph())
        .filter(mark -> stored.consents() <= mark.consents())
        .filter(mark -> stored.batches() <= mark.batches())
        .filter(mark -> stored.releases() <= mark.releases())
        .filter(mark -> stored.removals() <= mark.removals())
        .filter(mark -> stored.accesses() <= mark.accesses())
        .filter(mark -> mark.accesses() <= known.accesses())
        .filter(mark -> mark.removals() <= known.removals())
        .filter(mark -> mark.releases() <= known.releases())
        .filter(mark -> mark.consents() <= known.consents())
        .filter(mark -> mark.batches() <= known.batches())
        .isPresent();
  }

  /** Starts a new graph, deleting the mark first so that no partial graph counts as valid. */
  private static Progress anew(Origin origin, GraphDirectory directory, SecureRandom random) {
    LOG.atInfo().log("the graph is rebuilt");
    directory.wipe();
    Progress fresh = new Progress(random.nextLong() >>> 1, 0, 0, 0, 0, 0, 0);
    origin.begin(fresh);
    directory.mark(fresh);
    return fresh;
  }

  Progress progress() {
    return progress;
  }

  /** Projects the next slice; returns whether there may be more. */
  boolean step() {
    Slice slice = origin.after(progress);
    if (slice.next().equals(progress)) {
      return false;
    }
    directory.mark(slice.next());
    if (!slice.isEmpty()) {
      graphs.write(slice::addTo);
    }
    store(slice.next());
    return slice.full();
  }

  /** Removes the customers' graphs; the files still hold them until a compaction. */
  void remove(List<SubjectId> subjects) {
    graphs.write(draft -> subjects.forEach(draft::remove));
  }

  /**
   * Returns whether a compaction would probably halve its files; a write in a larger graph replaces
   * more blocks.
   */
  boolean isBloated() {
    return graphs.size() > 2 * compacted + MIN_GROWTH;
  }

  void compact() {
    lending.recall();
    graphs.compact();
    compacted = graphs.size();
    lending.lend(graphs);
    store(progress.compacted());
  }

  private void store(Progress reached) {
    origin.store(reached);
    progress = reached;
  }

  @Override
  public void close() {
    lending.recall();
    graphs.close();
  }
}
