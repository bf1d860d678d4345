package io.contextkeep.vault.lineage;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.contextkeep.ontology.DataCategory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A lineage and its reads as JSON.
 *
 * @param olderReads the path of the reads that are not counted here
 * @param explanation the same in short sentences
 */
record LineageAnswer(
    @JsonUnwrapped Held held,
    List<Read> reads,
    Optional<Long> prunedTo,
    Optional<String> olderReads,
    List<String> explanation) {

  static LineageAnswer of(Lineage lineage, Uses uses) {
    return new LineageAnswer(
        switch (lineage) {
          case Lineage.OfValue value -> Value.of(value);
          case Lineage.OfEvents events -> Events.of(events);
        },
        uses.uses().stream().map(Read::of).toList(),
        uses.prunedTo(),
        uses.more() ? Optional.of("/v1/me/accesses") : Optional.empty(),
        LineageExplanation.of(lineage, uses));
  }

  private sealed interface Held {}

  private record Value(
      String attribute,
      String kind,
      DataCategory category,
      String origin,
      long version,
      Instant observed,
      Source source,
      Written written,
      Instant keptUntil,
      Optional<Derivation> derivation)
      implements Held {

    static Value of(Lineage.OfValue value) {
      return new Value(
          value.attribute().name(),
          "value",
          value.attribute().category(),
          value.origin().curie(),
          value.version(),
          value.observed(),
          Source.of(value.source()),
          new Written(value.writing().id(), value.writing().began(), value.writing().ended()),
          value.keptUntil(),
          value.derivation().map(Derivation::of));
    }
  }

  private record Events(
      String attribute,
      String kind,
      DataCategory category,
      long keptDays,
      List<EventSource> sources)
      implements Held {

    static Events of(Lineage.OfEvents events) {
      return new Events(
          events.attribute().name(),
          "event",
          events.attribute().category(),
          events.attribute().retention().toDays(),
          events.sources().stream().map(EventSource::of).toList());
    }
  }

  private record EventSource(long events, Instant first, Instant last, Source source) {
    static EventSource of(Lineage.SourceSummary summary) {
      return new EventSource(
          summary.count(), summary.first(), summary.last(), Source.of(summary.source()));
    }
  }

  private record Source(String id, String name, String type) {
    static Source of(Lineage.Source source) {
      return new Source(source.id(), source.name(), source.curie());
    }
  }

  private record Written(String id, Optional<Instant> began, Optional<Instant> ended) {}

  private record Derivation(String rule, List<Input> from, List<List<Ground>> allowedBy) {
    static Derivation of(Lineage.Derivation derivation) {
      return new Derivation(
          derivation.rule(),
          derivation.inputs().stream().map(Input::of).toList(),
          derivation.clauses().stream()
              .map(clause -> clause.stream().map(Ground::of).toList())
              .toList());
    }
  }

  private record Input(
      String attribute,
      boolean direct,
      Optional<Long> version,
      Optional<Instant> observed,
      Optional<String> batch,
      Optional<Source> source,
      Optional<Value> lineage) {

    static Input of(Lineage.Input input) {
      Optional<Lineage.Used> used = input.used();
      return new Input(
          input.attribute(),
          used.isPresent(),
          used.map(Lineage.Used::version),
          used.map(Lineage.Used::observed),
          used.map(Lineage.Used::batch),
          used.map(Lineage.Used::source).map(Source::of),
          input.lineage().map(Value::of));
    }
  }

  private record Ground(
      String purpose, String label, String app, String basis, Optional<Lineage.Consent> consent) {
    static Ground of(Lineage.Ground ground) {
      return new Ground(
          ground.purpose(), ground.label(), ground.app().id(), ground.basis(), ground.consent());
    }
  }

  private record Read(
      String app,
      String name,
      String purpose,
      String basis,
      long count,
      Instant first,
      Instant last,
      List<Long> entries) {

    static Read of(Uses.Use use) {
      return new Read(
          use.app().id(),
          use.app().name(),
          use.purpose(),
          use.basis(),
          use.count(),
          use.first(),
          use.last(),
          use.entries());
    }
  }
}
