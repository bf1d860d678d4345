package io.contextkeep.vault.graph;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentGraph;
import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.IngestBatch;
import io.contextkeep.ontology.Invalidation;
import io.contextkeep.ontology.LineageGraph;
import io.contextkeep.ontology.StatisticRelease;
import io.contextkeep.ontology.SubjectId;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What comes next in the database after some progress, read in one snapshot.
 *
 * @param next how far the graph has come once this is in it
 * @param full whether there may be more
 */
record Slice(
    List<ConsentEvent> consents,
    List<IngestBatch> batches,
    List<StatisticRelease> releases,
    List<Invalidation> removals,
    Progress next,
    boolean full) {

  boolean isEmpty() {
    return consents.isEmpty() && batches.isEmpty() && releases.isEmpty() && removals.isEmpty();
  }

  /** Adds all of it to the graphs it belongs to. Adding it again changes nothing. */
  void addTo(Graphs.Draft draft) {
    TreeMap<SubjectId, List<ConsentEvent>> byCustomer =
        consents.stream()
            .collect(
                Collectors.groupingBy(ConsentEvent::subject, TreeMap::new, Collectors.toList()));
    byCustomer.forEach((subject, events) -> draft.add(ConsentGraph.of(subject, events)));
    batches.forEach(batch -> draft.add(LineageGraph.of(batch)));
    removals.forEach(removal -> draft.add(LineageGraph.of(removal)));
    releases.forEach(release -> draft.add(LineageGraph.of(release)));
  }
}
