package io.contextkeep.vault.derived;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.ContextStore;
import io.contextkeep.vault.context.DerivationInput;
import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.context.Extent;
import io.contextkeep.vault.context.Facts;
import io.contextkeep.vault.context.Snapshot;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.context.StoredEvents;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.derived.Derivable.Verdict;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The decisions whether sources may derive values. The gate decides a derivation like a read of its
 * inputs for its purpose. It decides before the transaction, because the database's writer must not
 * wait for the policy; in the transaction the facts must give the same question again.
 */
public final class Deriving {
  private static final Extent NEWEST = new Extent.Newest(1);
  private static final String REFUSED = "derivation_not_permitted";
  private static final Verdict REFUSAL =
      new Verdict.Refused(
          REFUSED,
          "The value was not kept: derive from values that are held, no newer than yours, for a"
              + " purpose that you are registered for and that the customer allows");
  private static final Verdict TRY_AGAIN =
      new Verdict.Refused(
          "try_again", "The customer's data changed meanwhile; send the line again");

  private final Db db;
  private final ContextStore store;
  private final PolicyGate gate;
  private final Facts facts;
  private final InstantSource clock;

  public Deriving(
      Db db, Registry registry, ContextStore store, PolicyGate gate, InstantSource clock) {
    this.db = db;
    this.store = store;
    this.gate = gate;
    this.facts = new Facts(registry, clock);
    this.clock = clock;
  }

  /** A question and its decision. */
  private record Decided(Question question, Outcome outcome) {
    boolean allows() {
      return outcome.allows()
          && outcome.treatments().values().stream()
              .noneMatch(treatment -> treatment.how() == Outcome.How.WITHHELD);
    }
  }

  /**
   * Decides about the derived lines of a batch, each by itself.
   *
   * @throws io.contextkeep.policy.NotDecided if the policy cannot be evaluated: a batch is reported
   *     on once, so no line may be refused for that
   */
  public Derivable judge(Caller source, List<SourceLine> lines) {
    Question.Caller app = facts.app(source);
    Map<Integer, List<Decided>> decided = new HashMap<>();
    for (SourceLine line : lines) {
      line.derived().ifPresent(derived -> decided.put(line.number(), decide(app, line, derived)));
    }
    return (c, line) -> verdict(c, line, app, decided.getOrDefault(line.number(), List.of()));
  }

  private List<Decided> decide(Question.Caller app, SourceLine line, Derived derived) {
    Snapshot snapshot = db.inRead(c -> snapshot(c, line, app, derived));
    List<Decided> decided = new ArrayList<>();
    for (Purpose purpose : derived.purposes()) {
      Question question = facts.question(app, purpose.curie(), snapshot, derived.from());
      decided.add(new Decided(question, gate.outcome(question)));
    }
    return decided;
  }

  /**
   * Returns the facts of the customer of the first known identifier; the write checks the others.
   */
  private Snapshot snapshot(Connection c, SourceLine line, Question.Caller app, Derived derived)
      throws SQLException {
    for (Identifier identifier : line.customer()) {
      Snapshot snapshot = store.snapshot(c, identifier, app.id(), derived.from(), NEWEST);
      if (snapshot.subject().isPresent()) {
        return snapshot;
      }
    }
    return store.snapshot(c, line.customer().getFirst(), app.id(), derived.from(), NEWEST);
  }

  private Verdict verdict(Connection c, SourceLine line, Question.Caller app, List<Decided> decided)
      throws SQLException {
    Derived derived = line.derived().orElseThrow();
    Snapshot snapshot = snapshot(c, line, app, derived);
    List<Derivable.Ground> grounds = new ArrayList<>();
    SortedSet<String> reasons = new TreeSet<>();
    for (Decided one : decided) {
      if (!one.allows()) {
        reasons.addAll(Refusal.aboutTheCaller(one.outcome().reasons()));
      } else if (!one.question()
          .equals(facts.question(app, one.question().purpose(), snapshot, derived.from()))) {
        return TRY_AGAIN;
      } else {
        grounds.addAll(grounds(c, snapshot, one, line.observed()));
      }
    }
    Optional<List<DerivationInput>> inputs = inputs(c, snapshot, line, derived);
    if (!grounds.isEmpty() && inputs.isPresent()) {
      return new Verdict.Allowed(grounds, inputs.get());
    }
    return grounds.isEmpty() && !reasons.isEmpty()
        ? new Verdict.Refused(REFUSED, "The policy refuses you: " + String.join(", ", reasons))
        : REFUSAL;
  }

  /**
   * Returns the grounds of a permitted derivation. A consent that began after it is not a ground.
   */
  private static List<Derivable.Ground> grounds(
      Connection c, Snapshot snapshot, Decided decided, long observed) throws SQLException {
    String purpose = decided.question().purpose();
    String app = decided.question().caller().id();
    String basis = decided.outcome().basis();
    if (decided.outcome().consents().isEmpty()) {
      return List.of(new Derivable.Ground(purpose, app, basis, null));
    }
    SubjectId subject = snapshot.subject().orElseThrow();
    return ConsentLedger.givenSince(c, subject, purpose, app, observed).stream()
        .map(since -> new Derivable.Ground(purpose, app, basis, since))
        .toList();
  }

  /**
   * Returns all inputs as they are held; empty if one is missing or newer than the derived value.
   */
  private Optional<List<DerivationInput>> inputs(
      Connection c, Snapshot snapshot, SourceLine line, Derived derived) throws SQLException {
    if (snapshot.subject().isEmpty()) {
      return Optional.empty();
    }
    List<DerivationInput> inputs = new ArrayList<>();
    for (Attribute attribute : derived.from()) {
      Optional<DerivationInput> input =
          switch (attribute.kind()) {
            case EVENT -> event(c, snapshot.subject().get(), attribute, line.observed());
            case VALUE -> value(snapshot, attribute, line.observed());
          };
      if (input.isEmpty()) {
        return Optional.empty();
      }
      inputs.add(input.get());
    }
    return Optional.of(inputs);
  }

  /** Returns the newest event that is kept and no newer than the derived value. */
  private Optional<DerivationInput> event(
      Connection c, SubjectId subject, Attribute attribute, long observed) throws SQLException {
    long oldest = clock.millis() - attribute.retention().toMillis();
    return StoredEvents.newest(c, subject, attribute, oldest, observed);
  }

  private static Optional<DerivationInput> value(
      Snapshot snapshot, Attribute attribute, long observed) {
    return snapshot.held().stream()
        .filter(held -> held.attribute().equals(attribute) && held.observed() <= observed)
        .findFirst()
        .map(
            held ->
                new DerivationInput(
                    attribute, held.version(), held.observed(), held.source(), held.batch()));
  }
}
