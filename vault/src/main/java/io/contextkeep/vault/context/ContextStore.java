package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.AggregatePermit;
import io.contextkeep.policy.Eligibility;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.Release;
import io.contextkeep.vault.crypto.SealBroken;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Customers.SealedIdentifier;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.registry.Attribute;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The encrypted context of customers. {@link #read} is the only method of the vault that decrypts
 * values. It needs the customer's own Permit, unexpired and unused; a statistic needs an open
 * permit and a customer who takes part.
 */
public final class ContextStore {
  /** The maximum number of events in an answer with everything. */
  private static final int EVENTS_PER_ANSWER = 10_000;

  private static final long BYTES_PER_ANSWER = 4 << 20;
  private static final int EVENTS_PER_QUERY = 100;
  private static final long MAX_DECOY_AGE = Duration.ofDays(300).toMillis();

  private final Customers customers;
  private final SubjectKeys keys;
  private final InstantSource clock;
  private final long opened;

  public ContextStore(Customers customers, SubjectKeys keys, InstantSource clock) {
    this.clock = clock;
    this.opened = clock.millis();
    this.customers = customers;
    this.keys = keys;
  }

  /**
   * Returns the facts about a customer and attributes that concern a recipient. For an unknown
   * identifier it returns those of a stand-in.
   */
  public Snapshot snapshot(
      Connection c,
      Identifier identifier,
      String recipient,
      Collection<Attribute> attributes,
      Extent extent)
      throws SQLException {
    Wanted wanted = Wanted.of(attributes, extent);
    return snapshot(c, capsule(c, identifier, wanted), recipient, wanted);
  }

  /** Returns the capsule of the customer with the identifier; for an unknown one a stand-in's. */
  Capsule capsule(Connection c, Identifier identifier, Wanted wanted) throws SQLException {
    byte[] blind = customers.blind(c, identifier);
    Optional<Capsule> found =
        CapsuleQuery.run(c, identifier, blind, clock.millis(), wanted.newest(), wanted.maxEvents());
    return found.isPresent() ? found.get() : standIn(c, keys.standIn(blind), wanted);
  }

  /** Returns the facts that concern a recipient and what it wants. */
  Snapshot snapshot(Connection c, Capsule capsule, String recipient, Wanted wanted)
      throws SQLException {
    return wanted.extent() instanceof Extent.Everything all
        ? everything(c, capsule, recipient, wanted, all)
        : snapshot(capsule, recipient, wanted);
  }

  /**
   * Returns the facts of a stand-in, after as many searches as there are for a customer. Its values
   * have various ages, so that the policy has as much to decide; the gate permits nothing about a
   * stand-in, so none is ever opened.
   */
  private Capsule standIn(Connection c, SubjectId standIn, Wanted wanted) throws SQLException {
    Capsule.Facts facts =
        new Capsule.Facts(
            false,
            List.of(),
            List.of(),
            wanted.values().values().stream().map(attribute -> decoy(standIn, attribute)).toList(),
            CapsuleQuery.newest(c, standIn, wanted.newest(), wanted.maxEvents()));
    return new Capsule(standIn, facts, Set.of(), Long.MAX_VALUE);
  }

  private StoredValue decoy(SubjectId standIn, Attribute attribute) {
    long random = new SplittableRandom(standIn.value() ^ attribute.name().hashCode()).nextLong();
    long oldest = Math.min(attribute.retention().toMillis(), MAX_DECOY_AGE);
    long observed = opened - Math.floorMod(random, oldest);
    return new StoredValue(attribute.name(), 1, observed, "", "", new byte[0]);
  }

  /** Returns the facts in a capsule that concern a recipient and what it wants. */
  Snapshot snapshot(Capsule capsule, String recipient, Wanted wanted) {
    List<Sealed> sealed = wanted.valuesOf(capsule);
    wanted
        .events()
        .forEach(
            (name, attribute) ->
                capsule.events(name).forEach(event -> sealed.add(event.of(attribute))));
    return capsule.snapshot(
        recipient, new Snapshot.Contents(recent(sealed), List.of(), List.of(), Optional.empty()));
  }

  private Snapshot everything(
      Connection c, Capsule capsule, String recipient, Wanted wanted, Extent.Everything all)
      throws SQLException {
    SubjectId subject = capsule.subject();
    List<Sealed> sealed = all.values() ? wanted.valuesOf(capsule) : new ArrayList<>();
    Optional<EventPlace> next = everything(c, subject, wanted.events(), all.after(), sealed);
    return capsule.snapshot(
        recipient,
        new Snapshot.Contents(
            recent(sealed),
            all.sourceValues()
                ? recent(SourceValues.beside(c, subject, wanted.values()))
                : List.of(),
            all.identifiers() ? Customers.sealedIdentifiers(c, subject) : List.of(),
            next));
  }

  /** Leaves out what is older than its attribute's retention. */
  private List<Sealed> recent(List<Sealed> sealed) {
    long now = clock.millis();
    return sealed.stream()
        .filter(one -> one.observed() >= now - one.attribute().retention().toMillis())
        .toList();
  }

  /** Adds the events after a place until the answer is full. */
  private static Optional<EventPlace> everything(
      Connection c,
      SubjectId subject,
      Map<String, Attribute> asked,
      Optional<EventPlace> after,
      List<Sealed> sealed)
      throws SQLException {
    EventPlace place = after.orElse(EventPlace.START);
    int events = 0;
    long bytes = 0;
    while (events < EVENTS_PER_ANSWER && bytes < BYTES_PER_ANSWER) {
      List<StoredEvents.Event> more = StoredEvents.after(c, subject, place, EVENTS_PER_QUERY);
      for (StoredEvents.Event event : more) {
        Optional.ofNullable(asked.get(event.place().name()))
            .ifPresent(attribute -> sealed.add(event.of(attribute)));
        bytes += event.bytes().length;
      }
      if (more.size() < EVENTS_PER_QUERY) {
        return Optional.empty();
      }
      events += more.size();
      place = more.getLast().place();
    }
    return Optional.of(place);
  }

  /**
   * Opens only what the permit releases.
   *
   * @throws IllegalStateException if the permit is another customer's, expired or used: a bug, or
   *     an attack inside the process
   * @throws SealBroken if a record does not open under this customer's key: it was altered or moved
   */
  public Plaintext read(Permit permit, Snapshot snapshot) {
    long oldest = clock.millis() - permit.maxAge().toMillis();
    SubjectId subject = snapshot.subject().orElseThrow();
    if (!permit.subject().equals(subject) || !permit.redeem()) {
      throw new IllegalStateException("The permit does not cover this read");
    }
    SubjectKey.Opener opener = opener(subject);
    List<Sealed> permitted =
        snapshot.sealed().stream()
            .filter(held -> held.observed() >= oldest)
            .filter(held -> permit.releases().containsKey(held.attribute().name()))
            .toList();
    List<Sealed> opened = permit.maxEvents().map(max -> cut(permitted, max)).orElse(permitted);
    return new Plaintext(
        opened.stream().map(held -> open(opener, held)).toList(),
        snapshot.beside().stream()
            .filter(held -> held.observed() >= oldest)
            .filter(held -> permit.releases().get(held.attribute().name()) instanceof Release.Clear)
            .map(held -> open(opener, held))
            .toList(),
        permit.releases().containsKey(Identifier.ATTRIBUTE)
            ? snapshot.identifiers().stream().map(held -> open(opener, held)).toList()
            : List.of(),
        cut(permitted, opened),
        snapshot.next());
  }

  /** Returns all values and the newest events, at most so many of all kinds together. */
  private static List<Sealed> cut(List<Sealed> permitted, int max) {
    Stream<Sealed> values =
        permitted.stream().filter(held -> held.attribute().kind() == Attribute.Kind.VALUE);
    Stream<Sealed> events =
        permitted.stream()
            .filter(held -> held.attribute().kind() == Attribute.Kind.EVENT)
            .sorted(Comparator.comparingLong(Sealed::observed).reversed())
            .limit(max);
    return Stream.concat(values, events).toList();
  }

  /** Returns the attributes of which events were left out. */
  private static Set<String> cut(List<Sealed> permitted, List<Sealed> opened) {
    if (opened.size() == permitted.size()) {
      return Set.of();
    }
    Map<String, Long> omitted = counts(permitted);
    counts(opened).forEach((name, many) -> omitted.merge(name, -many, Long::sum));
    omitted.values().removeIf(many -> many == 0);
    return omitted.keySet();
  }

  private static Map<String, Long> counts(List<Sealed> all) {
    return all.stream()
        .collect(
            Collectors.groupingBy(
                held -> held.attribute().name(), TreeMap::new, Collectors.counting()));
  }

  /**
   * Opens the values of one customer that a statistic may count: all that it needs, or none.
   *
   * @param opener the customer's
   * @throws IllegalStateException if the permit is not open or the eligibility is another's
   * @throws SealBroken if a record does not open under this customer's key
   */
  List<Plaintext.Item> read(
      AggregatePermit permit,
      Eligibility eligible,
      Cohort.Member member,
      SubjectKey.Opener opener) {
    if (!permit.isOpen() || !eligible.isFor(permit)) {
      throw new IllegalStateException("The permit does not cover this read");
    }
    if (!eligible.takesPart()) {
      return List.of();
    }
    long now = clock.millis();
    long oldest = now - eligible.maxAge().toMillis();
    List<Plaintext.Item> items = new ArrayList<>(member.sealed().size());
    for (Sealed held : member.sealed()) {
      if (held.observed() >= oldest
          && held.observed() >= now - held.attribute().retention().toMillis()
          && eligible.attributes().contains(held.attribute().name())) {
        items.add(open(opener, held));
      }
    }
    return items;
  }

  private static Identifier open(SubjectKey.Opener opener, SealedIdentifier sealed) {
    byte[] plaintext = opener.open("identifier/" + sealed.kind(), 1, sealed.bytes());
    return new Identifier(sealed.kind(), new String(plaintext, StandardCharsets.UTF_8));
  }

  private SubjectKey.Opener opener(SubjectId subject) {
    return keys.find(subject).orElseThrow(() -> new SealBroken("The key is gone")).opener();
  }

  private static Plaintext.Item open(SubjectKey.Opener opener, Sealed sealed) {
    byte[] plaintext = opener.open(sealed.record(), sealed.version(), sealed.bytes());
    return new Plaintext.Item(
        new Snapshot.Held(
            sealed.attribute(),
            sealed.observed(),
            sealed.source(),
            sealed.batch(),
            sealed.version()),
        RecordJson.parse(plaintext));
  }
}
