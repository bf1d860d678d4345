package io.contextkeep.vault.context;

import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Assurance;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.consent.ConsentRow;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The policy's questions, made of a request and the facts about the customer. They have no
 * instants: a consent has its present state, a value its age in days.
 */
public final class Facts {
  /** A customer who stands for all in a situation: no decision depends on who it is about. */
  private static final SubjectId ANYBODY = new SubjectId(1);

  private final Registry registry;
  private final InstantSource clock;

  public Facts(Registry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  public Question question(ReadRequest ask, Snapshot snapshot) {
    Instant now = clock.instant();
    return new Question(
        new Question.Caller(
            ask.caller().id(),
            ask.caller().role().code(),
            ask.caller().role() == Role.APP ? purposes(ask.caller()) : List.of(),
            ask.caller().assurance()),
        ask.term(),
        new Question.Subject(snapshot.subject(), snapshot.restricted(), ask.self()),
        consents(snapshot, ask.term(), ask.caller().id(), now),
        snapshot.objections(),
        attributes(ask, snapshot, now),
        ask.customers());
  }

  /** Returns the present state of the customer's consents that concern an app and a purpose. */
  private static List<Question.Consent> consents(
      Snapshot snapshot, String purpose, String app, Instant now) {
    return standing(snapshot.consents(), purpose, app).stream().map(row -> fact(row, now)).toList();
  }

  /** Leaves out refusals that the customer's later grant to this app and purpose overrides. */
  static List<ConsentRow> standing(List<ConsentRow> consents, String purpose, String app) {
    Optional<ConsentRow> grant =
        consents.stream()
            .filter(row -> row.purpose().equals(purpose) && row.recipient().equals(app))
            .findFirst();
    return consents.stream().filter(row -> grant.filter(row::yieldsTo).isEmpty()).toList();
  }

  /**
   * Returns the question whether an app may derive from a customer's attributes: the question of a
   * read of them.
   */
  public Question question(
      Question.Caller app, String purpose, Snapshot snapshot, Collection<Attribute> attributes) {
    Instant now = clock.instant();
    return new Question(
        app,
        purpose,
        new Question.Subject(snapshot.subject(), snapshot.restricted(), false),
        consents(snapshot, purpose, app.id(), now),
        snapshot.objections(),
        aged(attributes, snapshot, now));
  }

  /**
   * Returns the question whether customers in a situation take part in a statistic: the question of
   * a read by the population's app, without ages. The store leaves out what is too old.
   *
   * @param attributes of {@link #catalogued}
   */
  static Question question(
      Question.Caller population,
      String purpose,
      Situation situation,
      SortedMap<String, Question.Attribute> attributes) {
    return new Question(
        population,
        purpose,
        new Question.Subject(Optional.of(ANYBODY), situation.restricted(), false),
        situation.consents(),
        situation.objections(),
        attributes);
  }

  /**
   * Returns the app whose customers a statistic counts, with the purposes it is registered for.
   *
   * @param assurance that of the analyst, who asks in place of the app
   */
  public Question.Caller population(String app, Assurance assurance) {
    List<String> purposes =
        registry.app(app).map(App::purposes).map(List::copyOf).orElse(List.of());
    return new Question.Caller(app, Role.APP.code(), purposes, assurance);
  }

  /** Returns the registered facts of attributes. */
  public static SortedMap<String, Question.Attribute> catalogued(Collection<Attribute> attributes) {
    SortedMap<String, Question.Attribute> facts = new TreeMap<>();
    attributes.forEach(attribute -> facts.put(attribute.name(), fact(attribute, 0)));
    return facts;
  }

  /** Returns a registered service, app or source, as an app that asks for itself. */
  public Question.Caller app(Caller caller) {
    return new Question.Caller(caller.id(), Role.APP.code(), purposes(caller), caller.assurance());
  }

  /** Returns the purposes that a service is registered for and its token allows. */
  private List<String> purposes(Caller caller) {
    return registry.app(caller.id()).map(App::purposes).stream()
        .flatMap(Set::stream)
        .filter(purpose -> ReadRequest.mayState(caller, purpose))
        .toList();
  }

  static Question.Consent fact(ConsentRow row, Instant now) {
    return new Question.Consent(
        row.event(),
        row.purpose(),
        row.recipient(),
        ConsentStates.stateAt(row.latest(), row.expiresAt(), now).name(),
        row.explicit());
  }

  /** Returns the facts of every attribute, held or not: a decision must not reveal what is held. */
  private static SortedMap<String, Question.Attribute> attributes(
      ReadRequest ask, Snapshot snapshot, Instant now) {
    SortedMap<String, Question.Attribute> facts = aged(ask.attributes(), snapshot, now);
    if (ask.extent().identifiers()) {
      facts.put(
          Identifier.ATTRIBUTE,
          new Question.Attribute(Identifier.CATEGORY.curie(), Identifier.CATEGORY.isSpecial(), 0));
    }
    return facts;
  }

  private static SortedMap<String, Question.Attribute> aged(
      Collection<Attribute> attributes, Snapshot snapshot, Instant now) {
    SortedMap<String, Question.Attribute> facts = catalogued(attributes);
    Map<String, Long> newest = new HashMap<>();
    for (Snapshot.Held held : snapshot.held()) {
      newest.merge(held.attribute().name(), held.observed(), Math::max);
    }
    for (Attribute attribute : attributes) {
      Long observed = newest.get(attribute.name());
      if (observed != null) {
        facts.put(attribute.name(), fact(attribute, days(now.toEpochMilli() - observed)));
      }
    }
    return facts;
  }

  private static Question.Attribute fact(Attribute attribute, long ageDays) {
    return new Question.Attribute(
        attribute.category().curie(), attribute.category().isSpecial(), ageDays);
  }

  /** Returns an age in days, rounded up, so that no value counts as younger than it is. */
  public static long days(long millis) {
    return Math.max(0, Math.ceilDiv(millis, Duration.ofDays(1).toMillis()));
  }
}
