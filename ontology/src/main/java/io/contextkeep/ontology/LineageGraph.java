package io.contextkeep.ontology;

import java.util.Map;
import org.apache.jena.datatypes.xsd.XSDDatatype;

/**
 * The provenance of context in PROV-O. Each ingest batch is a {@code prov:Activity} in a graph of
 * its own, and its values of each category are a {@code prov:Collection}. A value refers to its
 * batch by the batch's id; no graph of a batch names a customer. Reads are counted by the hour.
 */
public final class LineageGraph {

  private LineageGraph() {}

  /** Returns the graph of a batch. */
  public static NamedGraph of(IngestBatch batch) {
    String activity = Urns.batch(batch);
    NamedGraph graph =
        new NamedGraph(activity)
            .add(activity, Vocabulary.TYPE, Vocabulary.ACTIVITY)
            .add(activity, Vocabulary.TYPE, Vocabulary.PROCESS)
            .add(activity, Vocabulary.PLACE, batch.seq())
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

  /** Returns whether all of it was derived. */
  private static boolean isAllDerived(IngestBatch batch) {
    return batch.derived().stream().mapToInt(BatchDerivation::count).sum()
        == batch.kept().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns the graph of a removal. */
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
                  .add(collection, Vocabulary.COUNT, count)
                  .add(collection, Vocabulary.INVALIDATED_BY, activity);
            });
    return graph;
  }

  /** Returns the graph of a release. */
  public static NamedGraph of(StatisticRelease release) {
    String activity = Urns.release(release.charge());
    return new NamedGraph(activity)
        .add(activity, Vocabulary.TYPE, Vocabulary.ACTIVITY)
        .add(activity, Vocabulary.TYPE, Vocabulary.PROCESS)
        .add(activity, Vocabulary.HAS_PROCESSING, Vocabulary.ANALYSE)
        .add(activity, Vocabulary.HAS_PURPOSE, release.purpose().iri())
        .add(activity, Vocabulary.HAS_TECHNICAL_MEASURE, Vocabulary.DIFFERENTIAL_PRIVACY)
        .add(activity, Vocabulary.ASSOCIATED_WITH, Urns.app(release.population()))
        .add(activity, Vocabulary.RHO, release.rho())
        .add(activity, Vocabulary.DELTA, release.delta())
        .add(activity, Vocabulary.COUNT, release.counted())
        .add(activity, Vocabulary.CONSENT_EPOCH, release.epoch())
        .add(activity, Vocabulary.ENDED_AT, release.at());
  }

  /** Returns the graph of an hour. */
  public static NamedGraph of(AccessHour hour) {
    String activity = Urns.accesses(hour);
    NamedGraph graph =
        new NamedGraph(activity)
            .add(activity, Vocabulary.TYPE, Vocabulary.ACTIVITY)
            .add(activity, Vocabulary.STARTED_AT, hour.start())
            .add(activity, Vocabulary.ENDED_AT, hour.end())
            .add(activity, Vocabulary.SIZE_BEFORE, hour.sizeBefore())
            .add(activity, Vocabulary.SIZE, hour.size())
            .add(activity, Vocabulary.ROOT, hour.root(), XSDDatatype.XSDbase64Binary);
    for (int i = 0; i < hour.accesses().size(); i++) {
      add(graph, Urns.access(hour, i + 1), hour.accesses().get(i));
    }
    return graph;
  }

  private static void add(NamedGraph graph, String activity, AccessHour.Access access) {
    String app = Urns.app(access.app());
    graph
        .add(activity, Vocabulary.TYPE, Vocabulary.ACTIVITY)
        .add(activity, Vocabulary.TYPE, Vocabulary.PROCESS)
        .add(activity, Vocabulary.HAS_PROCESSING, Vocabulary.RETRIEVE)
        .add(activity, Vocabulary.ASSOCIATED_WITH, app)
        .add(activity, Vocabulary.DECISION, Urns.decision(access.permitted()))
        .add(activity, Vocabulary.COUNT, access.count());
    access.purpose().ifPresent(p -> graph.add(activity, Vocabulary.HAS_PURPOSE, p.iri()));
    access.basis().ifPresent(b -> graph.add(activity, Vocabulary.HAS_LEGAL_BASIS, b.iri()));
    Urns.policy(access.policy())
        .ifPresent(
            policy -> {
              String association = activity + ":association";
              graph
                  .add(activity, Vocabulary.QUALIFIED_ASSOCIATION, association)
                  .add(association, Vocabulary.TYPE, Vocabulary.ASSOCIATION)
                  .add(association, Vocabulary.BY_AGENT, app)
                  .add(association, Vocabulary.HAD_PLAN, policy);
            });
  }

  private static void add(
      NamedGraph graph, IngestBatch batch, Map.Entry<DataCategory, Integer> kept) {
    String collection = Urns.collection(batch, kept.getKey());
    graph
        .add(collection, Vocabulary.TYPE, Vocabulary.COLLECTION)
        .add(collection, Vocabulary.HAS_PERSONAL_DATA, kept.getKey().iri())
        .add(collection, Vocabulary.GENERATED_BY, Urns.batch(batch))
        .add(collection, Vocabulary.COUNT, kept.getValue());
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
        .add(made, Vocabulary.COUNT, derived.count())
        .add(made, Vocabulary.GENERATED_BY, activity);
    for (BatchDerivation.Input input : derived.inputs()) {
      graph.add(made, Vocabulary.DERIVED_FROM, Urns.collection(input.batch(), input.category()));
    }
  }
}
