package io.contextkeep.vault.graph;

import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.SubjectId;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the graph up to the database, a slice at a time. For each slice, in this order: the mark
 * beside the graph says how far it may come, the graph is written, the database notes how far it
 * has come. A crash in between leads to the slice being written again, which changes nothing.
 *
 * <p>So the database is never ahead of the mark, and the mark never ahead of what the database has
 * taken in. Where that does not hold, one of the two was restored from a copy, or is missing: the
 * graph is then made anew.
 */
final class Projection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Projection.class);

  /** Files that are smaller are not worth the trouble. */
  private static final long NOTICED = 512L << 20;

  private final Origin origin;
  private final GraphDirectory directory;
  private final Graphs graphs;
  private final Lending lending;
  private Progress progress;

  /** How large its files were when they were compacted last, or opened. */
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
   * Goes on where the graph was left, or starts anew.
   *
   * @param lending whom others get the graph from while it is open
   * @param known what the database had taken in before anything new could come: numbers given after
   *     that may be ones that the graph has seen on other events
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

  /** The mark goes first: whatever happens then, the graph is not taken for a sound one. */
  private static Progress anew(Origin origin, GraphDirectory directory, SecureRandom random) {
    LOG.atInfo().log("the graph is made anew");
    directory.wipe();
    Progress fresh = new Progress(random.nextLong() >>> 1, 0, 0, 0, 0, 0, 0);
    origin.begin(fresh);
    directory.mark(fresh);
    return fresh;
  }

  Progress progress() {
    return progress;
  }

  /** Projects the next slice; says whether there may be more. */
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
   * Whether a compaction may well halve its files: the larger a graph, the more a write replaces.
   */
  boolean isBloated() {
    return graphs.size() > 2 * compacted + NOTICED;
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
