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
import io.contextkeep.policy.Question;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.Facts;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.ObjectionHistory;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registrations;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.simulation.HypotheticalQuestions;
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
 * What could have been asked at another time, as the vault knew things then: which apps and
 * attributes were registered, what a customer had said, how she stood. Nothing is opened for it.
 *
 * <p>What was said before an instant but taken in after it was not known then and does not count;
 * where it would have changed a consent, that is told beside it. The ledger has no time of taking
 * in, but it has an order: an event is taken in no earlier than whatever is before it was said.
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

  /** Whether something was registered. It may have been before versions were kept. */
  public enum Registered {
    YES,
    NO,
    UNKNOWN
  }

  /**
   * An app as it was.
   *
   * @param purposes in order, so that equal registrations make equal questions
   * @param version which of its registrations it was; 0 where that is not known
   */
  public record PastApp(
      String id, String name, Registered registered, long version, SortedSet<String> purposes) {}

  /**
   * An attribute as it was.
   *
   * @param retentionDays how long it was kept
   */
  public record PastAttribute(
      String name, Registered registered, DataCategory category, long retentionDays) {}

  /**
   * A consent as it stood.
   *
   * @param event what it rested on; where nothing was known yet, what came late
   * @param known whether that was known then, so that it decided anything
   * @param sinceThen how it stood by all that is known now; another where something came late
   */
  public record Stood(
      ConsentEvent event, boolean known, ConsentStatus status, ConsentStatus sinceThen) {}

  /**
   * How things stood for one app and one purpose.
   *
   * @param held the attributes of which a value that is still there was held by then; of all others
   *     it is not known
   */
  public record Situation(
      Question question,
      PastApp app,
      List<Stood> consents,
      ObjectionHistory.Objections noes,
      SortedMap<String, PastAttribute> attributes,
      Set<String> held) {

    public Optional<SubjectId> subject() {
      return question.subject().id();
    }
  }

  /** How things stood for that app, purpose and customer. */
  public Situation of(Connection c, Identifier customer, String app, Purpose purpose, Instant at)
      throws SQLException {
    Optional<SubjectId> subject = customers.find(c, customer);
    PastApp was = apps(c, at).getOrDefault(app, unregistered(app));
    SortedMap<String, PastAttribute> attributes = attributes(c, at);
    ObjectionHistory.Objections noes = new ObjectionHistory.Objections(false, List.of(), true);
    List<Stood> stood = List.of();
    Map<String, Long> held = Map.of();
    if (subject.isPresent()) {
      noes = ObjectionHistory.at(c, subject.get(), at);
      stood = stood(consents.history(c, subject.get()), app, at);
      held = held(c, subject.get(), at);
    }
    Question question =
        new Question(
            new Question.Caller(
                app, Role.APP.code(), List.copyOf(was.purposes()), HypotheticalQuestions.SURELY),
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

  /** The apps as they were, by id. Of what was there before versions were, the present is told. */
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

  /** The attributes as they were, by name. */
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
      throw new IllegalStateException("A registration is not the JSON that was kept", e);
    }
  }

  private static List<Stood> stood(List<ConsentEvent> history, String app, Instant at) {
    Map<String, List<ConsentEvent>> apart =
        history.stream()
            .filter(event -> event.recipient().equals(app) || event.recipient().equals("*"))
            .collect(
                Collectors.groupingBy(
                    event -> event.purpose() + " " + event.recipient(),
                    TreeMap::new,
                    Collectors.toList()));
    long known = known(history, at);
    List<Stood> stood = new ArrayList<>();
    for (List<ConsentEvent> events : apart.values()) {
      List<ConsentEvent> said = events.stream().filter(e -> !e.at().isAfter(at)).toList();
      List<ConsentEvent> then = said.stream().filter(e -> e.id() <= known).toList();
      Optional<ConsentEvent> standing = ConsentStates.latest(then);
      standing
          .or(() -> ConsentStates.latest(said))
          .ifPresent(
              event ->
                  stood.add(
                      new Stood(
                          event,
                          standing.isPresent(),
                          ConsentStates.stateAt(then, at),
                          ConsentStates.stateAt(said, at))));
    }
    return stood;
  }

  /** The last event that can have been taken in by then: what follows a later one was not. */
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
   * As for a read, a no that the later yes to this app and purpose is stronger than is left out.
   */
  private static List<Question.Consent> consents(List<Stood> stood, String app, Purpose purpose) {
    List<Stood> known = stood.stream().filter(Stood::known).toList();
    Optional<ConsentEvent> yes =
        known.stream()
            .map(Stood::event)
            .filter(event -> event.purpose().equals(purpose) && event.recipient().equals(app))
            .filter(event -> event.status().allows())
            .findFirst();
    return known.stream()
        .filter(no -> yes.filter(said -> ConsentStates.yieldsTo(no.event(), said)).isEmpty())
        .map(StateAsOf::fact)
        .toList();
  }

  private static Question.Consent fact(Stood stood) {
    return new Question.Consent(
        stood.event().id(),
        stood.event().purpose().curie(),
        stood.event().recipient(),
        stood.status().name(),
        stood.event().explicit());
  }

  /** What is held now and came with a batch that had ended by then, with when it was observed. */
  private static Map<String, Long> held(Connection c, SubjectId subject, Instant at)
      throws SQLException {
    Map<String, Long> held = new HashMap<>();
    Sql.each(
        c,
        """
        SELECT name, max(observed) FROM (
          SELECT v.name, v.observed FROM value v JOIN batch b ON b.id = v.batch
          WHERE v.subject = ? AND b.ended <= ?
          UNION ALL
          SELECT e.name, e.observed FROM event e JOIN batch b ON b.id = e.batch
          WHERE e.subject = ? AND b.ended <= ?) AS held
        GROUP BY name\
        """,
        row -> held.put(row.getString(1), row.getLong(2)),
        subject.value(),
        at.toEpochMilli(),
        subject.value(),
        at.toEpochMilli());
    return held;
  }

  /** As for a read: what is not known to be held is decided as if it were, and new. */
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
