package io.contextkeep.vault.simulation;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.policy.Explained;
import io.contextkeep.policy.Hypothesis;
import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Reason;
import io.contextkeep.vault.auditlog.Accesses;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The explanation of a decision on the wire, in codes: states of facts, never times or values of a
 * customer.
 */
sealed interface Explanation {

  /** A decision as the log records it. */
  record Entry(
      long entry,
      Instant time,
      Optional<String> request,
      Optional<String> actor,
      Optional<String> role,
      Optional<String> purpose,
      Optional<String> basis,
      Optional<String> decision,
      String policy) {

    private static Entry of(AuditRow row) {
      return new Entry(
          row.index(),
          Instant.ofEpochMilli(row.time()),
          word(row, "request"),
          word(row, "actor").map(actor -> Accesses.actorShown(actor, word(row, "role"))),
          word(row, "role"),
          word(row, "purpose"),
          word(row, "basis"),
          word(row, "decision"),
          row.word("policy"));
    }

    private static Optional<String> word(AuditRow row, String name) {
      return Optional.of(row.word(name)).filter(word -> !word.isEmpty());
    }
  }

  /** A decision that cannot be repeated, with the facts in the log. */
  record Recorded(@JsonUnwrapped Entry entry, MissingReason notAskedAgain, List<Reason> reasons)
      implements Explanation {}

  /**
   * A decision that was repeated.
   *
   * @param restsOn the consents that a permit depends on
   * @param wouldHelp facts that alone would release more
   */
  record Repeated(
      @JsonUnwrapped Entry entry,
      String policyNow,
      boolean samePolicy,
      boolean sameDecision,
      String decisionNow,
      List<Cause> reasons,
      List<Fact> restsOn,
      List<Use.Treatment> attributes,
      List<Change> wouldHelp)
      implements Explanation {}

  /**
   * A reason of a refusal.
   *
   * @param restsOn the facts that alone cause it
   */
  record Cause(@JsonUnwrapped Reason reason, List<Fact> restsOn) {}

  /**
   * A fact that would change the decision.
   *
   * @param then the outcome with it
   */
  record Change(@JsonUnwrapped Fact fact, Use then) {}

  static Explanation of(Found.Missing missing) {
    return new Recorded(
        Entry.of(missing.entry()),
        missing.why(),
        missing.why() == MissingReason.STATISTIC
            ? List.of()
            : missing.entry().words("reasons").stream().map(Reason::of).toList());
  }

  static Repeated of(Found.Recorded decision, Explained explained) {
    Outcome outcome = explained.outcome();
    return new Repeated(
        Entry.of(decision.entry()),
        outcome.policy().revision(),
        outcome.policy().equals(decision.policy()),
        decision.entry().word("decision").equals(Use.decision(outcome)),
        Use.decision(outcome),
        outcome.reasons().stream().map(code -> cause(code, explained)).toList(),
        consents(explained.question(), outcome.consents()),
        Use.treatments(outcome.treatments()),
        explained.changes().entrySet().stream().map(change -> change(outcome, change)).toList());
  }

  private static Cause cause(String code, Explained explained) {
    return new Cause(
        Reason.of(code),
        explained.grounds().getOrDefault(code, List.of()).stream().map(Fact::of).toList());
  }

  private static Change change(Outcome now, Map.Entry<Hypothesis, Outcome> change) {
    return new Change(Fact.of(change.getKey()), Use.changed(now, change.getValue()));
  }

  private static List<Fact> consents(Question question, List<Long> events) {
    return question.consents().stream()
        .filter(said -> events.contains(said.id()))
        .map(
            said ->
                Fact.of(
                    new Hypothesis.Said(
                        said.purpose(), said.recipient(), said.status(), said.explicit())))
        .toList();
  }
}
