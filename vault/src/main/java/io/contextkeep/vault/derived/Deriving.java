package io.contextkeep.vault.derived;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.context.ContextStore;
import io.contextkeep.vault.context.DerivationInput;
import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.context.Extent;
import io.contextkeep.vault.context.Facts;
import io.contextkeep.vault.context.Snapshot;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
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
 * Whether a source may derive values: the gate decides as if the source asked for the inputs for
 * the purpose of the derivation. It is asked before the transaction, because the database's writer
 * waits for no policy; in the transaction the same question must come of the facts again, or else
 * the answer was one to other facts.
 */
public final class Deriving {
  private static final Extent NEWEST = new Extent.Newest(1);
  private static final String REFUSED = "derivation_not_permitted";
  private static final Verdict NO =
      new Verdict.Refused(
          REFUSED,
          "Nothing was kept: derive from what is held, worked out after it was observed, for a"
              + " purpose that you are registered for and that the customer allows");
  private static final Verdict AGAIN =
      new Verdict.Refused("try_again", "The customer was changed meanwhile; send the line again");

  private final Db db;
  private final ContextStore store;
  private final Derivations derivations;
  private final PolicyGate gate;
  private final Facts facts;

  public Deriving(
      Db db,
      Registry registry,
      ContextStore store,
      Derivations derivations,
      PolicyGate gate,
      InstantSource clock) {
    this.db = db;
    this.store = store;
    this.derivations = derivations;
    this.gate = gate;
    this.facts = new Facts(registry, clock);
  }

  /** A question with what the gate said to it. */
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
   * @throws io.contextkeep.policy.NotDecided if the policy is not heard: a batch is reported on
   *     once, so a line must not be refused because nothing decided about it
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

  /** Of whoever has one of the identifiers; that all of them are one customer is checked later. */
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
        return AGAIN;
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
        : NO;
  }

  /** A yes that began after the value was worked out is none to what was done before it. */
  private static List<Derivable.Ground> grounds(
      Connection c, Snapshot snapshot, Decided decided, long observed) throws SQLException {
    String purpose = decided.question().purpose();
    String app = decided.question().caller().id();
    String basis = decided.outcome().basis();
    if (decided.outcome().consents().isEmpty()) {
      return List.of(new Derivable.Ground(purpose, app, basis, null));
    }
    return Sql.query(
        c,
        """
        SELECT s.since FROM consent_state s JOIN consent_event e ON e.id = s.since
        WHERE s.subject = ? AND s.purpose = ? AND s.recipient = ? AND e.at <= ?\
        """,
        row -> new Derivable.Ground(purpose, app, basis, row.getLong(1)),
        snapshot.subject().orElseThrow().value(),
        purpose,
        app,
        observed);
  }

  /** All inputs as they are held, none of them newer than what was made from it; else nothing. */
  private Optional<List<DerivationInput>> inputs(
      Connection c, Snapshot snapshot, SourceLine line, Derived derived) throws SQLException {
    if (snapshot.subject().isEmpty()) {
      return Optional.empty();
    }
    List<DerivationInput> inputs = new ArrayList<>();
    for (Attribute attribute : derived.from()) {
      Optional<DerivationInput> input =
          switch (attribute.kind()) {
            case EVENT ->
                derivations.newestEvent(c, snapshot.subject().get(), attribute, line.observed());
            case VALUE -> value(snapshot, attribute, line.observed());
          };
      if (input.isEmpty()) {
        return Optional.empty();
      }
      inputs.add(input.get());
    }
    return Optional.of(inputs);
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
