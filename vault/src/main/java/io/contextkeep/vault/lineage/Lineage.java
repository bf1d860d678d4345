package io.contextkeep.vault.lineage;

import io.contextkeep.vault.registry.Attribute;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The origin of the data under one attribute, without the data. */
sealed interface Lineage {

  Attribute attribute();

  /** The lineage of a value. */
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

  /** The lineage of all events of one kind, by source. */
  record OfEvents(Attribute attribute, List<SourceSummary> sources) implements Lineage {}

  /** The number and times of one source's events. */
  record SourceSummary(Source source, long count, Instant first, Instant last) {}

  /**
   * A service or the customer.
   *
   * @param name the name for people
   */
  record Source(String id, String name) {

    /** Returns its DPV term: the customer, or a service of the controller. */
    public String curie() {
      return isCustomer() ? "dpv:DataSubjectDataSource" : "dpv:DataControllerDataSource";
    }

    public boolean isCustomer() {
      return Origin.isCustomer(id);
    }
  }

  /**
   * The writing of a value.
   *
   * @param id the batch's id, or that of the customer's request
   * @param began the start of the batch
   * @param ended the end of the batch
   */
  record Writing(String id, Optional<Instant> began, Optional<Instant> ended) {}

  /**
   * The derivation of a value.
   *
   * @param clauses the conditions of keeping the value; one ground of each must hold
   */
  record Derivation(String rule, List<List<Ground>> clauses, List<Input> inputs) {}

  /** A ground for keeping a value: a legal basis, with the consent if it is one. */
  record Ground(
      String purpose, String label, Source app, String basis, Optional<Consent> consent) {}

  /** A consent, and the notice that was shown. */
  record Consent(long event, Instant at, String notice, String language) {}

  /**
   * An input of a derivation.
   *
   * @param used the version that was used; empty for an indirect input
   * @param lineage the input's own lineage, as long as the same version is held
   */
  record Input(String attribute, Optional<Used> used, Optional<OfValue> lineage) {}

  /** The version of an input that was used; of events, the newest. */
  record Used(long version, Instant observed, Source source, String batch) {}
}
