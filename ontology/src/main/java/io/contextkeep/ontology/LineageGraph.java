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
            .add(activity, Vocabulary.HAS_PROCESSING, Vocabulary.COLLECT)
            .add(activity, Vocabulary.ASSOCIATED_WITH, Urns.app(batch.source()))
            .add(activity, Vocabulary.STARTED_AT, batch.started())
            .add(activity, Vocabulary.ENDED_AT, batch.ended());
    batch.kept().entrySet().forEach(kept -> add(graph, batch, kept));
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
}
