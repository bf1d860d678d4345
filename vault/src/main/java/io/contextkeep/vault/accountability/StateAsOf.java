package io.contextkeep.vault.accountability;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Assurance;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.Facts;
import io.contextkeep.vault.context.HeldData;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.ObjectionHistory;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registrations;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The state of the vault at a past time, as it was known then: registered apps and attributes, and
 * a customer's consents and objections. Nothing is decrypted for it.
 *
 * <p>A consent event from before an instant that was received after it was not known then, so it
 * does not count; if it would have changed a consent, that is shown too. The ledger does not record
 * when an event was received, but it has an order: an event was received no earlier than those
 * before it.
 */
final class StateAsOf {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Registry registry;
  private final Customers customers;
  private final ConsentLedger consents;

  public StateAsOf(Registry registry, Customers customers, ConsentLedger consents) {
    this.registry = registry;
    this.customers = customers;
    this.consents = consents;
  }

  /**
   * The registration of an app or attribute at a past time; unknown for times before versions were
   * kept.
   */
  public enum Registered {
    YES,
    NO,
    UNKNOWN
  }

  /**
   * An app at a past time.
   *
   * @param purposes sorted, so that equal registrations make equal questions
   * @param version the version of its registration; 0 if it is unknown
   */
  public record PastApp(
      String id, String name, Registered registered, long version, SortedSet<String> purposes) {}

  /**
   * An attribute at a past time.
   *
   * @param retentionDays its retention
   */
  public record PastAttribute(
      String name, Registered registered, DataCategory category, long retentionDays) {}

  /**
   * A consent at a past time.
   *
   * @param event the event that it depended on, or the late event if none was known
   * @param known whether the event was known at that time
   * @param sinceThen its status by all events that are known now
   */
  public record ConsentAsOf(
      ConsentEvent event, boolean known, ConsentStatus status, ConsentStatus sinceThen) {}

  /**
   * The situation of one app, one purpose and one customer.
   *
   * @param held the attributes with a value held then that still exists; for all others it is
   *     unknown
   */
  public record Situation(
      Question question,
      PastApp app,
      List<ConsentAsOf> consents,
      ObjectionHistory.Objections noes,
      SortedMap<String, PastAttribute> attributes,
      Set<String> held) {

    public Optional<SubjectId> subject() {
      return question.subject().id();
    }
  }

  /** Returns the situation at an instant. */
  public Situation of(Connection c, Identifier customer, String app, Purpose purpose, Instant at)
      throws SQLException {
    Optional<SubjectId> subject = customers.find(c, customer);
    PastApp was = apps(c, at).getOrDefault(app, unregistered(app));
    SortedMap<String, PastAttribute> attributes = attributes(c, at);
    ObjectionHistory.Objections noes = new ObjectionHistory.Objections(false, List.of(), true);
    List<ConsentAsOf> stood = List.of();
    Map<String, Long> held = Map.of();
    if (subject.isPresent()) {
      noes = ObjectionHistory.at(c, subject.get(), at);
      stood = stood(consents.history(c, subject.get()), app, at);
      held = held(c, subject.get(), at);
    }
    Question question =
        new Question(
            new Question.Caller(
                app, Role.APP.code(), List.copyOf(was.purposes()), Assurance.STRONGEST),
            purpose.curie(),
            new Question.Subject(subject, noes.restricted(), false),
            consents(stood, app, purpose),
            noes.objections(),
            facts(attributes, held, at));
    return new Situation(question, was, stood, noes, attributes, held.keySet());
  }

  private static PastApp unregistered(String app) {
    return new PastApp(app, "", Registered.NO, 0, new TreeSet<>());
  }

  /** Returns the apps by id. Those from before versions were kept are shown as they are now. */
  public SortedMap<String, PastApp> apps(Connection c, Instant at) throws SQLException {
    SortedMap<String, PastApp> apps = new TreeMap<>();
    Registrations.at(c, Registrations.Kind.APP, at)
        .forEach((id, version) -> apps.put(id, app(id, version)));
    Set<String> versioned = Registrations.names(c, Registrations.Kind.APP);
    for (App app : registry.apps()) {
      if (!versioned.contains(app.id())) {
        apps.put(
            app.id(),
            new PastApp(
                app.id(), app.name(), Registered.UNKNOWN, 0, new TreeSet<>(app.purposes())));
      }
    }
    return apps;
  }

  private static PastApp app(String id, Registrations.Version version) {
    JsonNode json = json(version);
    SortedSet<String> purposes = new TreeSet<>();
    json.path("purposes").forEach(purpose -> purposes.add(purpose.asText()));
    return new PastApp(id, json.path("name").asText(), Registered.YES, version.version(), purposes);
  }

  /** Returns the attributes by name. */
  public SortedMap<String, PastAttribute> attributes(Connection c, Instant at) throws SQLException {
    SortedMap<String, PastAttribute> attributes = new TreeMap<>();
    Registrations.at(c, Registrations.Kind.ATTRIBUTE, at)
        .forEach((name, version) -> attributes.put(name, attribute(name, version)));
    Set<String> versioned = Registrations.names(c, Registrations.Kind.ATTRIBUTE);
    for (Attribute attribute : registry.attributes()) {
      if (!versioned.contains(attribute.name())) {
        attributes.put(
            attribute.name(),
            new PastAttribute(
                attribute.name(),
                Registered.UNKNOWN,
                attribute.category(),
                attribute.retention().toDays()));
      }
    }
    return attributes;
  }

  private static PastAttribute attribute(String name, Registrations.Version version) {
    JsonNode json = json(version);
    return new PastAttribute(
        name,
        Registered.YES,
        DataCategory.parse(json.path("category").asText()).orElseThrow(),
        json.path("retentionDays").asLong());
  }

  private static JsonNode json(Registrations.Version version) {
    try {
      return JSON.readTree(version.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored registration is not JSON", e);
    }
  }

  private static List<ConsentAsOf> stood(List<ConsentEvent> history, String app, Instant at) {
    Map<String, List<ConsentEvent>> apart =
        history.stream()
            .filter(event -> event.recipient().equals(app) || event.recipient().equals("*"))
            .collect(
                Collectors.groupingBy(
                    event -> event.purpose() + " " + event.recipient(),
                    TreeMap::new,
                    Collectors.toList()));
    long known = known(history, at);
    List<ConsentAsOf> stood = new ArrayList<>();
    for (List<ConsentEvent> events : apart.values()) {
      List<ConsentEvent> said = events.stream().filter(e -> !e.at().isAfter(at)).toList();
      List<ConsentEvent> then = said.stream().filter(e -> e.id() <= known).toList();
      Optional<ConsentEvent> standing = ConsentStates.latest(then);
      standing
          .or(() -> ConsentStates.latest(said))
          .ifPresent(
              event ->
                  stood.add(
                      new ConsentAsOf(
                          event,
                          standing.isPresent(),
                          ConsentStates.stateAt(then, at),
                          ConsentStates.stateAt(said, at))));
    }
    return stood;
  }

  /** Returns the last event that can have been received by an instant. */
  private static long known(List<ConsentEvent> history, Instant at) {
    long known = 0;
    for (ConsentEvent event : history) {
      if (event.at().isAfter(at)) {
        return known;
      }
      known = event.id();
    }
    return known;
  }

  /**
   * Returns the consents of the question. As for a read, a refusal that a later, more specific
   * consent overrides is left out.
   */
  private static List<Question.Consent> consents(
      List<ConsentAsOf> stood, String app, Purpose purpose) {
    List<ConsentAsOf> known = stood.stream().filter(ConsentAsOf::known).toList();
    Optional<ConsentEvent> given =
        known.stream()
            .map(ConsentAsOf::event)
            .filter(event -> event.purpose().equals(purpose) && event.recipient().equals(app))
            .filter(event -> event.status().allows())
            .findFirst();
    return known.stream()
        .filter(
            other -> given.filter(later -> ConsentStates.yieldsTo(other.event(), later)).isEmpty())
        .map(StateAsOf::fact)
        .toList();
  }

  private static Question.Consent fact(ConsentAsOf stood) {
    return new Question.Consent(
        stood.event().id(),
        stood.event().purpose().curie(),
        stood.event().recipient(),
        stood.status().name(),
        stood.event().explicit());
  }

  /** Returns the times of observation of values that are still held from batches of that time. */
  private static Map<String, Long> held(Connection c, SubjectId subject, Instant at)
      throws SQLException {
    Map<String, Long> held = new HashMap<>();
    for (HeldData.Newest newest : HeldData.newest(c, subject)) {
      if (!held.containsKey(newest.name()) && hadEnded(c, newest.batch(), at)) {
        held.put(newest.name(), newest.observed());
      }
    }
    return held;
  }

  private static boolean hadEnded(Connection c, String batch, Instant at) throws SQLException {
    return Batches.times(c, batch).filter(times -> !times.ended().isAfter(at)).isPresent();
  }

  /** Returns the facts of attributes. As for a read, others count as held and new. */
  private static SortedMap<String, Question.Attribute> facts(
      SortedMap<String, PastAttribute> attributes, Map<String, Long> held, Instant at) {
    SortedMap<String, Question.Attribute> facts = new TreeMap<>();
    attributes.forEach(
        (name, attribute) -> {
          Long observed = held.get(name);
          long age = observed == null ? 0 : Facts.days(at.toEpochMilli() - observed);
          facts.put(
              name,
              new Question.Attribute(
                  attribute.category().curie(), attribute.category().isSpecial(), age));
        });
    return facts;
  }
}
