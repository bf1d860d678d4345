package io.contextkeep.vault.ingest;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.DerivationInput;
import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.context.Sealed;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.context.SourceValues;
import io.contextkeep.vault.context.StoredEvents;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Enrolment;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.Link;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.derived.Derivable;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.ingest.Naming.Named;
import io.contextkeep.vault.ingest.SealedEvents.SealedEvent;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.registry.Attribute;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The writes of sources. A line has one value or event of one customer. Each line is kept or
 * refused by itself; all kept lines of a batch are written in one transaction.
 */
public final class Ingest {
  /** The tolerated lead of a source's clock over the vault's. */
  public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  /** The reason that a line was not kept. It holds none of the line's values. */
  public record Fault(int line, String code, String detail) {}

  /**
   * The result of a write.
   *
   * @param kept the lines of which a row is held now
   * @param repeated the number of events that were held before, with the same value
   * @param faults the reasons of the other lines, as the source is told
   * @param reasons the number of lines refused for each reason, as the log has it
   */
  public record Written(
      List<SourceLine> kept,
      int repeated,
      List<Fault> faults,
      SortedMap<String, Integer> reasons) {}

  /** A batch of a source that is being written. */
  private record Batch(String source, String id, Prepared prepared, Naming naming) {}

  /** The decision about one line. */
  private sealed interface Verdict {
    /** The line adds a row or replaces the source's own. */
    record Keep(Work work) implements Verdict {}

    /** The same event is held already. */
    record Repeat() implements Verdict {}

    /**
     * The line is not kept.
     *
     * @param reason the reason in the log; the fault's code may tell less
     */
    record Refuse(Fault fault, String reason) implements Verdict {}
  }

  /** The writes of a line that passed every check. */
  @FunctionalInterface
  private interface Work {
    void write(SubjectId subject, SubjectKey.Sealer sealer) throws SQLException;
  }

  /** The code that reveals to a source nothing that others wrote. */
  private static final String NOT_KEPT = "not_kept";

  private static final Derivable.Verdict.Allowed COLLECTED =
      new Derivable.Verdict.Allowed(List.of(), List.of());

  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final Enrolment enrolment;
  private final SealedEvents events;
  private final Derivations derivations;
  private final SecureRandom random;
  private final InstantSource clock;

  public Ingest(
      Db db,
      Customers customers,
      Enrolment enrolment,
      SubjectKeys keys,
      BlindIndex blindIndex,
      Derivations derivations,
      SecureRandom random,
      InstantSource clock) {
    this.clock = clock;
    this.derivations = derivations;
    this.db = db;
    this.customers = customers;
    this.enrolment = enrolment;
    this.keys = keys;
    this.events = new SealedEvents(blindIndex, random);
    this.random = random;
  }

  /**
   * What is made for a batch before the transaction that writes it: the one writer of the vault
   * should not wait for that.
   *
   * <p>A line of an unknown customer counts on the number that the customer will get if nobody
   * enrols them first. The keys of these numbers exist.
   */
  public static final class Prepared {
    /** The numbers of unknown customers, by the first identifier of their lines. */
    private final Map<Identifier, SubjectId> fresh = new HashMap<>();

    /** The events by the numbers of their lines. */
    private final Map<Integer, SealedEvent> events = new HashMap<>();

    /** The sealers of customers who had a key; what they seal is written only if there is one. */
    private final Map<SubjectId, Optional<SubjectKey.Sealer>> sealers = new HashMap<>();

    private Prepared() {}

    /** Returns what is enough for lines of a customer who is known. */
    public static Prepared nothing() {
      return new Prepared();
    }

    private Optional<SubjectId> fresh(SourceLine line) {
      return Optional.ofNullable(fresh.get(line.customer().getFirst()));
    }

    private SubjectKey.Sealer sealer(SubjectId subject, SubjectKey key) {
      return sealers.getOrDefault(subject, Optional.empty()).orElseGet(key::sealer);
    }

    private Optional<SealedEvent> event(SourceLine line, SubjectId subject) {
      return Optional.ofNullable(events.get(line.number()))
          .filter(event -> event.subject().equals(subject));
    }
  }

  /**
   * A line and the customer whom it is most likely about.
   *
   * @param sealing whether it can be sealed without knowing more
   */
  private record Expected(SourceLine line, SubjectId subject, boolean sealing) {}

  /**
   * Creates the keys of new customers, finds those of the others, and seals the events. A key is
   * durable before the row that needs it; an unneeded one has sealed nothing that is kept.
   */
  public Prepared prepare(String source, List<SourceLine> lines) {
    Prepared prepared = new Prepared();
    List<Expected> expected = new ArrayList<>();
    db.inRead(
        c -> {
          Naming naming = Naming.inSnapshot(customers);
          boolean former = StoredEvents.areHeldFromFormer(c);
          for (SourceLine line : lines) {
            Named named = naming.of(c, line.customer());
            Optional<SubjectId> subject = named.isNew() ? number(prepared, line) : named.known();
            if (subject.isPresent()) {
              boolean sealing =
                  isEvent(line) && !(former && events.isHeldFromFormer(c, line, subject.get()));
              expected.add(new Expected(line, subject.get(), sealing));
            }
          }
          return 0;
        });
    if (!prepared.fresh.isEmpty()) {
      keys.create(prepared.fresh.values());
    }
    for (Expected of : expected) {
      prepared
          .sealers
          .computeIfAbsent(of.subject(), subject -> keys.find(subject).map(SubjectKey::sealer))
          .filter(_ -> of.sealing())
          .map(sealer -> events.seal(source, of.line(), of.subject(), sealer))
          .ifPresent(event -> prepared.events.put(of.line().number(), event));
    }
    return prepared;
  }

  /** Returns the number of an unknown customer; a derived line enrols nobody. */
  private Optional<SubjectId> number(Prepared prepared, SourceLine line) {
    return line.derived().isPresent()
        ? Optional.empty()
        : Optional.of(
            prepared.fresh.computeIfAbsent(
                line.customer().getFirst(), _ -> SubjectId.random(random)));
  }

  private static boolean isEvent(SourceLine line) {
    return line.attribute().kind() == Attribute.Kind.EVENT;
  }

  /**
   * Writes lines in the caller's transaction. A line that is not kept leaves no value, no customer
   * and no link.
   *
   * @param derivable decides about derived lines
   */
  public Written write(
      Connection c,
      String source,
      String batch,
      List<SourceLine> lines,
      Prepared prepared,
      Derivable derivable)
      throws SQLException {
    List<SourceLine> kept = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    SortedMap<String, Integer> reasons = new TreeMap<>();
    int repeated = 0;
    Batch written = new Batch(source, batch, prepared, Naming.inTransaction(customers));
    for (SourceLine line : lines) {
      switch (write(c, written, line, derivable)) {
        case Verdict.Keep _ -> kept.add(line);
        case Verdict.Repeat _ -> repeated++;
        case Verdict.Refuse refused -> {
          faults.add(refused.fault());
          reasons.merge(refused.reason(), 1, Integer::sum);
        }
      }
    }
    return new Written(kept, repeated, faults, reasons);
  }

  private Verdict write(Connection c, Batch batch, SourceLine line, Derivable derivable)
      throws SQLException {
    Derivable.Verdict derived = line.derived().isPresent() ? derivable.of(c, line) : COLLECTED;
    if (derived instanceof Derivable.Verdict.Refused refusal) {
      return refused(line, refusal.code(), refusal.detail());
    }
    Named named = batch.naming().of(c, line.customer());
    Optional<Verdict> conflict = conflict(c, batch, line, named);
    if (conflict.isPresent()) {
      return conflict.get();
    }
    Optional<SubjectId> subject =
        named.isNew()
            ? batch.prepared().fresh(line)
            : Optional.of(named.links().getFirst().subject());
    Optional<SubjectKey> key = subject.flatMap(keys::find);
    if (key.isEmpty()) {
      return tryAgain(line);
    }
    SubjectId customer = subject.orElseThrow();
    SubjectKey.Sealer sealer = batch.prepared().sealer(customer, key.get());
    Verdict verdict =
        switch (line.attribute().kind()) {
          case VALUE -> value(c, batch, line, customer, (Derivable.Verdict.Allowed) derived);
          case EVENT -> event(c, batch, line, named, customer, sealer);
        };
    if (verdict instanceof Verdict.Keep keep) {
      name(c, batch, named, customer, key.get());
      keep.work().write(customer, sealer);
    }
    return verdict;
  }

  /** Enrols or links the customer of a kept line by all its identifiers. */
  private void name(Connection c, Batch batch, Named named, SubjectId subject, SubjectKey key)
      throws SQLException {
    Map<String, Object> source =
        Map.of("actor", batch.source(), "role", "source", "batch", batch.id());
    if (named.isNew()) {
      enrolment.create(c, subject, key, source, named.unlinked(), batch.source());
    } else if (!named.unlinked().isEmpty()) {
      enrolment.link(c, subject, key, source, named.unlinked(), batch.source());
    }
  }

  /**
   * Returns the refusal of a line whose identifiers cannot belong to one customer. A source is told
   * the reason only if it made all the conflicting links itself.
   */
  private Optional<Verdict> conflict(Connection c, Batch batch, SourceLine line, Named named)
      throws SQLException {
    if (named.isNew() || named.isByOne()) {
      return Optional.empty();
    }
    List<Link> links = named.links();
    boolean known = links.stream().allMatch(link -> link.isBy(batch.source()));
    SubjectId subject = links.getFirst().subject();
    if (!links.stream().allMatch(link -> link.subject().equals(subject))) {
      return Optional.of(
          known
              ? refused(
                  line, "identifier_conflict", "The identifiers belong to different customers")
              : notKept(line, "identifier_conflict"));
    }
    Optional<Link> clash = enrolment.clash(c, subject, named.unlinked());
    if (clash.isPresent()) {
      return Optional.of(
          known && clash.get().isBy(batch.source())
              ? refused(
                  line,
                  "identifier_conflict",
                  "The customer has another " + clash.get().kind() + ", and may have only one")
              : notKept(line, "identifier_conflict"));
    }
    for (Identifier identifier : named.unlinked()) {
      if (customers.isUnlinked(c, subject, identifier)) {
        return Optional.of(notKept(line, "unlinked_before"));
      }
    }
    return Optional.empty();
  }

  /**
   * Decides about a value. The newest value of each source is held. The customer's correction is in
   * force, or without one the value observed last: no source overrides a correction.
   */
  private Verdict value(
      Connection c,
      Batch batch,
      SourceLine line,
      SubjectId subject,
      Derivable.Verdict.Allowed allowed)
      throws SQLException {
    long latest = clock.millis() + MAX_AHEAD.toMillis();
    SourceValues.Held held =
        SourceValues.held(c, subject, line.attribute().name(), batch.source(), latest);
    boolean correction = batch.source().equals(Customers.SOURCE);
    if (!correction && line.observed() < held.own()) {
      return refused(
          line,
          "older_than_current",
          "You wrote a value with a later observation; send only newer ones");
    }
    boolean inForce = correction || held.yieldsTo(line.observed());
    if (!inForce) {
      return line.derived().isPresent()
          ? notKept(line, "another_in_force")
          : new Verdict.Keep(
              (customer, sealer) ->
                  SourceValues.putBeside(
                      c,
                      customer,
                      line,
                      batch.source(),
                      batch.id(),
                      held.next(),
                      sealed(line, held, sealer)));
    }
    Optional<List<Set<Derivable.Ground>>> clauses =
        line.derived().isEmpty()
            ? Optional.of(List.of())
            : derivations.clauses(c, subject, allowed);
    if (clauses.isEmpty()) {
      return refused(
          line,
          "derivation_too_deep",
          "The inputs are derived through too many steps; derive from collected values");
    }
    return new Verdict.Keep(
        (customer, sealer) -> {
          SourceValues.putInForce(
              c,
              customer,
              line,
              batch.source(),
              batch.id(),
              held,
              sealed(line, held, sealer),
              clauses.get().size());
          if (line.derived().isPresent()) {
            keepDerivation(c, batch, line, customer, clauses.get(), allowed.inputs());
          }
        });
  }

  private void keepDerivation(
      Connection c,
      Batch batch,
      SourceLine line,
      SubjectId customer,
      List<Set<Derivable.Ground>> clauses,
      List<DerivationInput> inputs)
      throws SQLException {
    Derived derived = line.derived().orElseThrow();
    Batches.derived(c, batch.id(), line.attribute().category(), derived, inputs);
    derivations.keep(c, customer, line.attribute().name(), derived, clauses, inputs);
  }

  private static byte[] sealed(SourceLine line, SourceValues.Held held, SubjectKey.Sealer sealer) {
    return sealer.seal(Sealed.valueRecord(line.attribute().name()), held.next(), utf8(line.json()));
  }

  /**
   * Decides about an event. The same id at the same time is kept once for each source. An event
   * that is sealed already is most likely new, so it is added before anything else is asked; of a
   * customer who is yet to be enrolled there is nothing to ask.
   */
  private Verdict event(
      Connection c,
      Batch batch,
      SourceLine line,
      Named named,
      SubjectId subject,
      SubjectKey.Sealer sealer)
      throws SQLException {
    Optional<SealedEvent> ready = batch.prepared().event(line, subject);
    if (!named.isNew()
        && ready.isPresent()
        && SealedEvents.add(c, line, batch.source(), batch.id(), ready.get())) {
      return new Verdict.Keep((_, _) -> {});
    }
    SealedEvent event = ready.orElseGet(() -> events.seal(batch.source(), line, subject, sealer));
    Optional<Boolean> same =
        named.isNew() ? Optional.empty() : events.isRepeated(c, line, batch.source(), event);
    if (same.isPresent()) {
      return same.get()
          ? new Verdict.Repeat()
          : refused(
              line,
              "event_conflict",
              "You wrote another value with this id and time; send another id");
    }
    return new Verdict.Keep((_, _) -> SealedEvents.add(c, line, batch.source(), batch.id(), event));
  }

  private static byte[] utf8(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static Verdict tryAgain(SourceLine line) {
    return refused(line, "try_again", "The customer's data changed meanwhile; send the line again");
  }

  private static Verdict notKept(SourceLine line, String reason) {
    return new Verdict.Refuse(
        new Fault(
            line.number(),
            NOT_KEPT,
            "The line does not fit what is held; name the customer by one identifier that you"
                + " wrote"),
        reason);
  }

  private static Verdict refused(SourceLine line, String code, String detail) {
    return new Verdict.Refuse(new Fault(line.number(), code, detail), code);
  }
}
