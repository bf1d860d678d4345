package io.contextkeep.vault.graph;

import io.contextkeep.ontology.AccessHour;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.IngestBatch;
import io.contextkeep.ontology.Invalidation;
import io.contextkeep.ontology.LineageGraph;
import io.contextkeep.ontology.NamedGraph;
import io.contextkeep.ontology.PiiRefused;
import io.contextkeep.ontology.StatisticRelease;
import io.contextkeep.ontology.records.Shapes;
import java.util.List;
import java.util.stream.Stream;

/**
 * The next rows of the database after some progress, read in one snapshot.
 *
 * @param next the progress of the graph with this slice
 * @param full whether there may be more
 */
record Slice(
    List<ConsentEvent> consents,
    List<IngestBatch> batches,
    List<StatisticRelease> releases,
    List<Invalidation> removals,
    List<AccessHour> accesses,
    Progress next,
    boolean full) {

  boolean isEmpty() {
    return consents.isEmpty()
        && batches.isEmpty()
        && releases.isEmpty()
        && removals.isEmpty()
        && accesses.isEmpty();
  }

  /**
   * Adds the rows to their graphs. The operation is idempotent.
   *
   * @throws PiiRefused if a row is not allowed in a graph
   */
  void addTo(Graphs.Draft draft) {
    consents.forEach(draft::add);
    lineage().forEach(graph -> draft.add(Shapes.ofStored().checked(graph)));
  }

  private Stream<NamedGraph> lineage() {
    return Stream.of(
            batches.stream().map(LineageGraph::of),
            removals.stream().map(LineageGraph::of),
            releases.stream().map(LineageGraph::of),
            accesses.stream().map(LineageGraph::of))
        .flatMap(graphs -> graphs);
  }
}
