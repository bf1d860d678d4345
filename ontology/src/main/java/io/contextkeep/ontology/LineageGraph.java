package io.contextkeep.ontology;

import java.util.Map;
import org.apache.jena.datatypes.xsd.XSDDatatype;

/**
 * Where context came from, in the words of PROV-O: each ingest batch is a {@code prov:Activity} in
 * a graph of its own, and what it brought of each category a {@code prov:Collection}. A value's own
 * provenance is the batch id that it carries; no graph of a batch names a customer.
 */
public final class LineageGraph {

  private LineageGraph() {}

  /** The batch's graph, named after it. */
  public static NamedGraph of(IngestBatch batch) {
    String activity = Urns.batch(batch);
    NamedGraph graph =
        new NamedGraph(activity)
            .add(activity, Vocabulary.TYPE, Vocabulary.ACTIVITY)
            .add(activity, Vocabulary.TYPE, Vocabulary.PROCESS)
            .add(activity, Vocabulary.PLACE, Long.toString(batch.seq()), XSDDatatype.XSDinteger)
            .add(activity, Vocabulary.ASSOCIATED_WITH, Urns.app(batch.source()))
            .add(activity, Vocabulary.STARTED_AT, batch.started())
            .add(activity, Vocabulary.ENDED_AT, batch.ended());
    batch.kept().entrySet().forEach(kept -> add(graph, batch, kept));
    batch.derived().forEach(derived -> add(graph, batch, derived));
    if (batch.derived().isEmpty() || !isAllDerived(batch)) {
      graph.add(activity, Vocabulary.HAS_PROCESSING, Vocabulary.COLLECT);
    }
    return graph;
  }

  /** Whether there is nothing in it that was collected. */
  private static boolean isAllDerived(IngestBatch batch) {
    return batch.derived().stream().mapToInt(BatchDerivation::count).sum()
        == batch.kept().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The removal's graph, named after it. */
  public static NamedGraph of(Invalidation removal) {
    String activity = Urns.removal(removal);
    NamedGraph graph =
        new NamedGraph(activity)
            .add(activity, Vocabulary.TYPE, Vocabulary.ACTIVITY)
            .add(activity, Vocabulary.TYPE, Vocabulary.PROCESS)
            .add(activity, Vocabulary.HAS_PROCESSING, Vocabulary.ERASE)
            .add(activity, Vocabulary.ENDED_AT, removal.at());
    removal
        .removed()
        .forEach(
            (category, count) -> {
              String collection = Urns.removed(removal, category);
              graph
                  .add(collection, Vocabulary.TYPE, Vocabulary.COLLECTION)
                  .add(collection, Vocabulary.HAS_PERSONAL_DATA, category.iri())
                  .add(collection, Vocabulary.COUNT, count.toString(), XSDDatatype.XSDinteger)
                  .add(collection, Vocabulary.INVALIDATED_BY, activity);
            });
    return graph;
  }

  /** The release's graph, named after it. */
  public static NamedGraph of(StatisticRelease release) {
    String activity = Urns.release(release.charge());
    return new NamedGraph(activity)
        .add(activity, Vocabulary.TYPE, Vocabulary.ACTIVITY)
        .add(activity, Vocabulary.TYPE, Vocabulary.PROCESS)
        .add(activity, Vocabulary.HAS_PROCESSING, Vocabulary.ANALYSE)
        .add(activity, Vocabulary.HAS_PURPOSE, release.purpose().iri())
        .add(activity, Vocabulary.HAS_TECHNICAL_MEASURE, Vocabulary.DIFFERENTIAL_PRIVACY)
        .add(activity, Vocabulary.ASSOCIATED_WITH, Urns.app(release.population()))
        .add(activity, Vocabulary.RHO, Long.toString(release.rho()), XSDDatatype.XSDinteger)
        .add(activity, Vocabulary.DELTA, Long.toString(release.delta()), XSDDatatype.XSDinteger)
        .add(activity, Vocabulary.COUNT, Long.toString(release.counted()), XSDDatatype.XSDinteger)
        .add(
            activity,
            Vocabulary.CONSENT_EPOCH,
            Long.toString(release.epoch()),
            XSDDatatype.XSDinteger)
        .add(activity, Vocabulary.ENDED_AT, release.at());
  }

  private static void add(
      NamedGraph graph, IngestBatch batch, Map.Entry<DataCategory, Integer> kept) {
    String collection = Urns.collection(batch, kept.getKey());
    graph
        .add(collection, Vocabulary.TYPE, Vocabulary.COLLECTION)
        .add(collection, Vocabulary.HAS_PERSONAL_DATA, kept.getKey().iri())
        .add(collection, Vocabulary.GENERATED_BY, Urns.batch(batch))
        .add(collection, Vocabulary.COUNT, kept.getValue().toString(), XSDDatatype.XSDinteger);
  }

  private static void add(NamedGraph graph, IngestBatch batch, BatchDerivation derived) {
    String activity = Urns.batch(batch);
    String made = Urns.derived(batch, derived);
    String association = Urns.association(batch, derived.rule());
    graph
        .add(
            activity,
            Vocabulary.HAS_PROCESSING,
            derived.inferred() ? Vocabulary.INFER : Vocabulary.DERIVE)
        .add(activity, Vocabulary.QUALIFIED_ASSOCIATION, association)
        .add(association, Vocabulary.TYPE, Vocabulary.ASSOCIATION)
        .add(association, Vocabulary.BY_AGENT, Urns.app(batch.source()))
        .add(association, Vocabulary.HAD_PLAN, Urns.rule(derived.rule()))
        .add(made, Vocabulary.TYPE, Vocabulary.COLLECTION)
        .add(
            made,
            Vocabulary.TYPE,
            derived.inferred() ? Vocabulary.INFERRED_DATA : Vocabulary.DERIVED_DATA)
        .add(made, Vocabulary.HAS_PERSONAL_DATA, derived.category().iri())
        .add(made, Vocabulary.COUNT, Integer.toString(derived.count()), XSDDatatype.XSDinteger)
        .add(made, Vocabulary.GENERATED_BY, activity);
    for (BatchDerivation.Input input : derived.inputs()) {
      graph.add(made, Vocabulary.DERIVED_FROM, Urns.collection(input.batch(), input.category()));
    }
  }
}
