package io.contextkeep.vault.lineage;

import io.contextkeep.vault.registry.Attribute;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where what is held under one attribute came from. It never holds what is held. */
sealed interface Lineage {

  Attribute attribute();

  /** One value. */
  record OfValue(
      Attribute attribute,
      long version,
      Origin origin,
      Source source,
      Instant observed,
      Writing writing,
      Instant keptUntil,
      Optional<Derivation> derivation)
      implements Lineage {}

  /** All events of one kind, by source. */
  record OfEvents(Attribute attribute, List<SourceSummary> sources) implements Lineage {}

  /** So many events of one source. */
  record SourceSummary(Source source, long count, Instant first, Instant last) {}

  /**
   * @param name what people call it
   */
  record Source(String id, String name) {

    /** What DPV calls it: the customer herself, or a service of the controller's. */
    public String curie() {
      return isCustomer() ? "dpv:DataSubjectDataSource" : "dpv:DataControllerDataSource";
    }

    public boolean isCustomer() {
      return Origin.isCustomer(id);
    }
  }

  /**
   * @param id the batch's id, or that of the customer's own request
   * @param began and ended: of a batch
   */
  record Writing(String id, Optional<Instant> began, Optional<Instant> ended) {}

  /**
   * How a value was worked out.
   *
   * @param clauses of each, one ground must stand for the value to be there
   */
  record Derivation(String rule, List<List<Ground>> clauses, List<Input> inputs) {}

  /** Why it may be there: a legal basis, and the consent where that is one. */
  record Ground(
      String purpose, String label, Source app, String basis, Optional<Consent> consent) {}

  /** What was said, and the notice that was shown. */
  record Consent(long event, Instant at, String notice, String language) {}

  /**
   * What it was made from.
   *
   * @param used the version, by when it was observed and who wrote it; empty where it was made from
   *     it at second hand
   * @param lineage where that came from, as long as the same version is held
   */
  record Input(String attribute, Optional<Used> used, Optional<OfValue> lineage) {}

  /** A version of an input as it was used; of events, the newest. */
  record Used(long version, Instant observed, Source source, String batch) {}
}
