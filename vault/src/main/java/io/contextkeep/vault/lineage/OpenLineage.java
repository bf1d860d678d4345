package io.contextkeep.vault.lineage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.IngestBatch;
import io.contextkeep.ontology.StatisticRelease;
import io.contextkeep.vault.web.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Run events of OpenLineage (2-0-2) for ingestion, reads and releases, by category and purpose,
 * without any customer. Each run has two events, its start and its completion with all facts. A run
 * always has the same id and the same events.
 */
final class OpenLineage {
  private static final String SCHEMA =
      "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
  private static final String PRODUCER = "urn:contextkeep:vault";
  private static final String FACETS = "urn:contextkeep:openlineage-facets:1#/$defs/";
  private static final String STATISTICS =
      "https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json"
          + "#/$defs/OutputStatisticsOutputDatasetFacet";
  private static final String NOMINAL_TIME =
      "https://openlineage.io/spec/facets/1-0-1/NominalTimeRunFacet.json"
          + "#/$defs/NominalTimeRunFacet";

  /** Consent (GDPR article 6(1)(a)), which is checked for each customer. */
  private static final String CONSENT = "eu-gdpr:A6-1-a";

  /** The dataset of all context, for reads whose categories are not in the log. */
  private static final String CONTEXT = "context";

  private final String namespace;

  /**
   * @param namespace the vault's name
   */
  OpenLineage(String namespace) {
    this.namespace = namespace;
  }

  /** Returns the run of a batch: from its source into the categories that were stored. */
  List<ObjectNode> of(IngestBatch batch) {
    return run(
        UUID.fromString(batch.id()),
        "ingest/" + batch.source(),
        batch.started(),
        batch.ended(),
        event -> {
          dataset(event.withArray("inputs").addObject(), "source/" + batch.source());
          batch
              .kept()
              .forEach(
                  (category, count) -> {
                    ObjectNode output = event.withArray("outputs").addObject();
                    dataset(output, CONTEXT + "/" + category.curie());
                    facet(output.putObject("outputFacets"), "outputStatistics", STATISTICS)
                        .put("rowCount", count);
                  });
        });
  }

  /** Returns the run of a statistic about an app's customers, under differential privacy. */
  List<ObjectNode> of(StatisticRelease release) {
    String job = "statistics/" + release.population() + "/" + release.purpose().curie();
    return run(
        named(job, release.charge()),
        job,
        release.at(),
        release.at(),
        event -> {
          dataset(event.withArray("inputs").addObject(), CONTEXT + "/of/" + release.population());
          dataset(event.withArray("outputs").addObject(), job);
          ObjectNode facets = event.withObject("/run").putObject("facets");
          purpose(facets, release.purpose().curie()).put("consent", true);
          custom(facets, "differentialPrivacy")
              .put("rhoTrillionths", release.rho())
              .put("deltaTrillionths", release.delta())
              .put("counted", release.counted())
              .put("charge", release.charge())
              .put("epoch", release.epoch());
        });
  }

  /** Returns the run of an hour's reads, which are too many to be runs of their own. */
  List<ObjectNode> of(HourlyAccesses accesses) {
    String job = "read/" + accesses.app() + "/" + accesses.purpose();
    String part = job + "/" + accesses.basis() + "/" + accesses.policy();
    return run(
        named(part, accesses.hour().toEpochMilli()),
        job,
        accesses.hour(),
        accesses.end(),
        event -> {
          dataset(event.withArray("inputs").addObject(), CONTEXT);
          dataset(event.withArray("outputs").addObject(), "app/" + accesses.app());
          ObjectNode facets = event.withObject("/run").putObject("facets");
          ObjectNode purpose = purpose(facets, accesses.purpose());
          purpose.put("consent", accesses.basis().equals(CONSENT));
          if (!accesses.basis().isEmpty()) {
            purpose.put("basis", accesses.basis());
          }
          if (!accesses.policy().isEmpty()) {
            purpose.put("policy", accesses.policy());
          }
          custom(facets, "access")
              .put("permitted", accesses.permitted())
              .put("refused", accesses.refused());
          facet(facets, "nominalTime", NOMINAL_TIME)
              .put("nominalStartTime", accesses.hour().toString())
              .put("nominalEndTime", accesses.end().toString());
        });
  }

  private List<ObjectNode> run(
      UUID id, String job, Instant started, Instant ended, Consumer<ObjectNode> complete) {
    ObjectNode end = event("COMPLETE", id, job, ended);
    complete.accept(end);
    return List.of(event("START", id, job, started), end);
  }

  private ObjectNode event(String type, UUID run, String job, Instant at) {
    ObjectNode event = Json.MAPPER.createObjectNode();
    event.put("eventType", type).put("eventTime", at.toString());
    event.put("producer", PRODUCER).put("schemaURL", SCHEMA);
    event.putObject("run").put("runId", run.toString());
    dataset(event.putObject("job"), job);
    return event;
  }

  /** Writes the name of a dataset or a job. */
  private void dataset(ObjectNode node, String name) {
    node.put("namespace", namespace).put("name", name);
  }

  private static ObjectNode purpose(ObjectNode facets, String purpose) {
    return custom(facets, "purpose").put("purpose", purpose);
  }

  private static ObjectNode custom(ObjectNode facets, String name) {
    return facet(facets, "contextkeep_" + name, FACETS + "Contextkeep_" + name + "RunFacet");
  }

  private static ObjectNode facet(ObjectNode facets, String name, String schema) {
    return facets.putObject(name).put("_producer", PRODUCER).put("_schemaURL", schema);
  }

  private UUID named(String what, long number) {
    String name = namespace + " " + what + " " + number;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }
}
