package io.contextkeep.vault.lineage;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.StoredEvents;
import io.contextkeep.vault.context.ValidValues;
import io.contextkeep.vault.derived.Derivable;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds the lineage of a customer's data, without reading values. */
final class LineageReader {
  private final Registry registry;
  private final Derivations derivations;
  private final ConsentLedger consents;
  private final InstantSource clock;

  public LineageReader(
      Registry registry, Derivations derivations, ConsentLedger consents, InstantSource clock) {
    this.registry = registry;
    this.derivations = derivations;
    this.consents = consents;
    this.clock = clock;
  }

  /** Returns the lineage of an attribute; empty if the customer has no data to see under it. */
  public Optional<Lineage> of(Connection c, SubjectId subject, Attribute attribute)
      throws SQLException {
    return switch (attribute.kind()) {
      case EVENT -> events(c, subject, attribute).map(Lineage.class::cast);
      case VALUE -> new Query(c, subject).value(attribute).map(Lineage.class::cast);
    };
  }

  private Optional<Lineage.OfEvents> events(Connection c, SubjectId subject, Attribute attribute)
      throws SQLException {
    List<Lineage.SourceSummary> events =
        StoredEvents.sources(c, subject, attribute, oldest(attribute)).stream()
            .map(
                one ->
                    new Lineage.SourceSummary(
                        source(one.source()), one.count(), one.oldest(), one.newest()))
            .toList();
    return events.isEmpty()
        ? Optional.empty()
        : Optional.of(new Lineage.OfEvents(attribute, events));
  }

  /** Returns the time of the oldest value or event that is kept, in milliseconds. */
  private long oldest(Attribute attribute) {
    return clock.millis() - attribute.retention().toMillis();
  }

  public Lineage.Source source(String id) {
    return new Lineage.Source(id, registry.app(id).map(App::name).orElse(id));
  }

  /** One query about one customer, which reports each attribute once and reads consents once. */
  private final class Query {
    private final Connection c;
    private final SubjectId subject;
    private final Map<Long, ConsentEvent> consentEvents = new HashMap<>();
    private final Set<String> reported = new HashSet<>();

    Query(Connection c, SubjectId subject) throws SQLException {
      this.c = c;
      this.subject = subject;
      consents.history(c, subject).forEach(event -> consentEvents.put(event.id(), event));
    }

    Optional<Lineage.OfValue> value(Attribute attribute) throws SQLException {
      reported.add(attribute.name());
      long oldest = oldest(attribute);
      Optional<ValidValues.Value> row =
          ValidValues.of(c, subject, attribute.name(), clock.millis())
              .filter(value -> value.observed() >= oldest);
      if (row.isEmpty()) {
        return Optional.empty();
      }
      Optional<Derivations.Kept> kept = derivations.of(c, subject, attribute.name());
      Instant observed = Instant.ofEpochMilli(row.get().observed());
      return Optional.of(
          new Lineage.OfValue(
              attribute,
              row.get().version(),
              Origin.of(row.get().source(), kept.map(Derivations.Kept::kind)),
              source(row.get().source()),
              observed,
              writing(row.get().batch()),
              observed.plus(attribute.retention()),
              kept.isEmpty() ? Optional.empty() : Optional.of(derivation(kept.get()))));
    }

    private Lineage.Writing writing(String batch) throws SQLException {
      Optional<Batches.Times> times = Batches.times(c, batch);
      return new Lineage.Writing(
          batch, times.map(Batches.Times::started), times.map(Batches.Times::ended));
    }

    private Lineage.Derivation derivation(Derivations.Kept kept) throws SQLException {
      List<List<Lineage.Ground>> clauses =
          kept.clauses().stream()
              .map(clause -> clause.grounds().stream().map(this::ground).toList())
              .toList();
      List<Lineage.Input> inputs = new ArrayList<>();
      for (Derivations.From from : kept.inputs()) {
        inputs.add(input(from));
      }
      return new Lineage.Derivation(kept.rule(), clauses, inputs);
    }

    private Lineage.Ground ground(Derivable.Ground ground) {
      Long since = ground.since();
      return new Lineage.Ground(
          ground.purpose(),
          Purpose.parse(ground.purpose()).map(Purpose::label).orElse(ground.purpose()),
          source(ground.recipient()),
          ground.basis(),
          Optional.ofNullable(since)
              .map(consentEvents::get)
              .map(
                  yes ->
                      new Lineage.Consent(
                          yes.id(), yes.at(), yes.noticeVersion(), yes.language())));
    }

    private Lineage.Input input(Derivations.From from) throws SQLException {
      if (!from.isDirect()) {
        return new Lineage.Input(from.name(), Optional.empty(), Optional.empty());
      }
      Lineage.Used used =
          new Lineage.Used(
              Objects.requireNonNull(from.version()),
              Instant.ofEpochMilli(Objects.requireNonNull(from.observed())),
              source(Objects.requireNonNull(from.source())),
              Objects.requireNonNull(from.batch()));
      Optional<Attribute> attribute =
          registry
              .attribute(from.name())
              .filter(found -> found.kind() == Attribute.Kind.VALUE)
              .filter(found -> !reported.contains(found.name()));
      Optional<Lineage.OfValue> lineage =
          attribute.isEmpty() ? Optional.empty() : value(attribute.get());
      return new Lineage.Input(
          from.name(), Optional.of(used), lineage.filter(held -> held.version() == used.version()));
    }
  }
}
