package io.contextkeep.vault.lineage;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.contextkeep.ontology.IngestBatch;
import io.contextkeep.ontology.StatisticRelease;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Run events of OpenLineage (2-0-2) for ingestion, reads and releases, by category and purpose,
 * without any customer. Each run has two events, its start and its completion with all facts. A run
 * always has the same id and the same events.
 */
final class OpenLineage {
  private static final String SCHEMA =
      "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
  private static final String OWN = "contextkeep_";
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

  /** An event of a run, in the terms of OpenLineage. */
  record Event(
      String eventType,
      Instant eventTime,
      String producer,
      @JsonProperty("schemaURL") String schema,
      Run run,
      Named job,
      Optional<List<Named>> inputs,
      Optional<List<Output>> outputs) {}

  /**
   * A run.
   *
   * @param facets its facts by the names of their facets
   */
  record Run(UUID runId, Optional<Map<String, Object>> facets) {}

  /** A job or a dataset. */
  record Named(String namespace, String name) {}

  /** A dataset that a run writes. */
  record Output(@JsonUnwrapped Named dataset, Optional<Map<String, Object>> outputFacets) {}

  /** The members of every facet. */
  private record Facet(
      @JsonProperty("_producer") String producer, @JsonProperty("_schemaURL") String schema) {
    static Facet of(String schema) {
      return new Facet(PRODUCER, schema);
    }

    static Facet own(String name) {
      return of(FACETS + "Contextkeep_" + name + "RunFacet");
    }
  }

  private record Statistics(@JsonUnwrapped Facet facet, long rowCount) {}

  private record PurposeOfRun(
      @JsonUnwrapped Facet facet,
      String purpose,
      boolean consent,
      Optional<String> basis,
      Optional<String> policy) {
    PurposeOfRun(String purpose, boolean consent, String basis, String policy) {
      this(
          Facet.own("purpose"),
          purpose,
          consent,
          Optional.of(basis).filter(text -> !text.isEmpty()),
          Optional.of(policy).filter(text -> !text.isEmpty()));
    }
  }

  private record DifferentialPrivacy(
      @JsonUnwrapped Facet facet,
      long rhoTrillionths,
      long deltaTrillionths,
      long counted,
      long charge,
      long epoch) {}

  private record Access(@JsonUnwrapped Facet facet, long permitted, long refused) {}

  private record NominalTime(
      @JsonUnwrapped Facet facet, Instant nominalStartTime, Instant nominalEndTime) {}

  /** The contents of a complete run. */
  private record Contents(Named input, List<Output> outputs, Map<String, Object> facets) {}

  /** Returns the run of a batch: from its source into the categories that were stored. */
  List<Event> of(IngestBatch batch) {
    List<Output> outputs =
        batch.kept().entrySet().stream()
            .map(
                kept ->
                    new Output(
                        named(CONTEXT + "/" + kept.getKey().curie()),
                        Optional.of(
                            Map.of(
                                "outputStatistics",
                                new Statistics(Facet.of(STATISTICS), kept.getValue())))))
            .toList();
    return run(
        UUID.fromString(batch.id()),
        "ingest/" + batch.source(),
        batch.started(),
        batch.ended(),
        new Contents(named("source/" + batch.source()), outputs, Map.of()));
  }

  /** Returns the run of a statistic about an app's customers, under differential privacy. */
  List<Event> of(StatisticRelease release) {
    String job = "statistics/" + release.population() + "/" + release.purpose().curie();
    Map<String, Object> facets = new LinkedHashMap<>();
    facets.put(OWN + "purpose", new PurposeOfRun(release.purpose().curie(), true, "", ""));
    facets.put(
        OWN + "differentialPrivacy",
        new DifferentialPrivacy(
            Facet.own("differentialPrivacy"),
            release.rho(),
            release.delta(),
            release.counted(),
            release.charge(),
            release.epoch()));
    return run(
        id(job, release.charge()),
        job,
        release.at(),
        release.at(),
        new Contents(named(CONTEXT + "/of/" + release.population()), output(job), facets));
  }

  /** Returns the run of an hour's reads, which are too many to be runs of their own. */
  List<Event> of(HourlyAccesses accesses) {
    String job = "read/" + accesses.app() + "/" + accesses.purpose();
    String part = job + "/" + accesses.basis() + "/" + accesses.policy();
    Map<String, Object> facets = new LinkedHashMap<>();
    facets.put(
        OWN + "purpose",
        new PurposeOfRun(
            accesses.purpose(),
            accesses.basis().equals(CONSENT),
            accesses.basis(),
            accesses.policy()));
    facets.put(
        OWN + "access", new Access(Facet.own("access"), accesses.permitted(), accesses.refused()));
    facets.put(
        "nominalTime", new NominalTime(Facet.of(NOMINAL_TIME), accesses.hour(), accesses.end()));
    return run(
        id(part, accesses.hour().toEpochMilli()),
        job,
        accesses.hour(),
        accesses.end(),
        new Contents(named(CONTEXT), output("app/" + accesses.app()), facets));
  }

  private List<Event> run(UUID id, String job, Instant started, Instant ended, Contents contents) {
    return List.of(
        event("START", started, new Run(id, Optional.empty()), job, Optional.empty()),
        event(
            "COMPLETE",
            ended,
            new Run(id, Optional.of(contents.facets()).filter(facets -> !facets.isEmpty())),
            job,
            Optional.of(contents)));
  }

  private Event event(String type, Instant at, Run run, String job, Optional<Contents> contents) {
    return new Event(
        type,
        at,
        PRODUCER,
        SCHEMA,
        run,
        named(job),
        contents.map(Contents::input).map(List::of),
        contents.map(Contents::outputs).filter(outputs -> !outputs.isEmpty()));
  }

  private Named named(String name) {
    return new Named(namespace, name);
  }

  private List<Output> output(String name) {
    return List.of(new Output(named(name), Optional.empty()));
  }

  private UUID id(String what, long number) {
    String name = namespace + " " + what + " " + number;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }
}
