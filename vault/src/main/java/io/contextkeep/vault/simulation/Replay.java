package io.contextkeep.vault.simulation;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.policy.Hypothesis;
import io.contextkeep.policy.NotDecided;
import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Question;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The replay of a period's recorded decisions with the policy in force and with a change. It takes
 * a page of entries at a time and pauses after each for as long as that page took, so that at least
 * half of the processor time is left for reads.
 */
final class Replay {
  private static final int PAGE = 256;

  private final RecordedDecisions decisions;
  private final PolicyGate inForce;
  private final HypotheticalQuestions hypothetical;

  /**
   * Makes a replay.
   *
   * @param inForce the gate of the policy in force
   */
  public Replay(
      RecordedDecisions decisions, HypotheticalQuestions hypothetical, PolicyGate inForce) {
    this.decisions = decisions;
    this.hypothetical = hypothetical;
    this.inForce = inForce;
  }

  /** Receives the progress of a replay. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Receives the number of processed entries.
     *
     * @param entries the number of all entries of the period
     */
    void at(long done, long entries);
  }

  /** Replays the decisions with another policy. */
  public Replayed run(PolicyGate candidate, Period period, Progress progress) {
    PolicyIdentity now = inForce.policy();
    Tally recorded = again(period.query(), now, candidate::outcome, progress);
    return recorded.result(now, candidate.policy(), supposed(now, candidate, recorded));
  }

  private List<DecisionChanges> supposed(PolicyIdentity now, PolicyGate candidate, Tally recorded) {
    Tally tally = new Tally();
    for (Question silent : hypothetical.aboutAnyone()) {
      long begun = System.nanoTime();
      Scenarios.situations(silent)
          .forEach(
              question -> {
                Optional<Outcome> before = asked(inForce::outcome, question);
                Optional<Outcome> after = asked(candidate::outcome, question);
                if (before.isPresent() && after.isPresent()) {
                  checkSame(now, before.get());
                  tally.add(question, before.get(), after.get());
                } else {
                  recorded.undecided();
                }
              });
      pause(System.nanoTime() - begun);
    }
    return tally.flips();
  }

  /** Replays the decisions of one app with a fact changed. */
  public Replayed run(Hypothesis fact, String app, Period period, Progress progress) {
    return run(fact, period.query().withActor(app), progress);
  }

  /** Replays the decisions of every app with a fact changed. */
  public Replayed run(Hypothesis fact, Period period, Progress progress) {
    return run(fact, period.query(), progress);
  }

  private Replayed run(Hypothesis fact, AuditQuery query, Progress progress) {
    PolicyIdentity now = inForce.policy();
    return again(query, now, question -> inForce.outcome(fact.on(question)), progress)
        .result(now, now, List.of());
  }

  private Tally again(
      AuditQuery query,
      PolicyIdentity now,
      Function<Question, Outcome> instead,
      Progress progress) {
    Tally tally = new Tally();
    long[] range = decisions.range(query);
    long next = range[0];
    while (next < range[1]) {
      long begun = System.nanoTime();
      RecordedDecisions.Page page = decisions.page(query, next, range[1], PAGE);
      page.decisions().forEach(found -> again(found, now, instead, tally));
      next = page.next();
      progress.at(next - range[0], range[1] - range[0]);
      pause(System.nanoTime() - begun);
    }
    return tally;
  }

  private void again(
      Found found, PolicyIdentity now, Function<Question, Outcome> instead, Tally tally) {
    switch (found) {
      case Found.Missing missing -> tally.missing(missing.why());
      case Found.Recorded recorded -> {
        Optional<Outcome> before = asked(inForce::outcome, recorded.question());
        Optional<Outcome> after = asked(instead, recorded.question());
        if (before.isPresent() && after.isPresent()) {
          checkSame(now, before.get());
          add(recorded, before.get(), after.get(), tally);
        } else {
          tally.missing(MissingReason.UNDECIDED);
        }
      }
    }
  }

  private static void add(Found.Recorded recorded, Outcome before, Outcome after, Tally tally) {
    if (isExact(recorded, before)) {
      tally.add(recorded, before, after);
    } else {
      tally.missing(MissingReason.INEXACT);
    }
  }

  /** Asks a policy; returns nothing if it was busy or slow, and fails if it is unavailable. */
  private static Optional<Outcome> asked(Function<Question, Outcome> policy, Question question) {
    try {
      return Optional.of(policy.apply(question));
    } catch (NotDecided e) {
      if (e.kind() == PolicyFailure.Kind.POLICY_UNAVAILABLE) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Ends the replay if another policy came into force. */
  private static void checkSame(PolicyIdentity now, Outcome before) {
    if (!before.policy().equals(now)) {
      throw new PolicyChanged();
    }
  }

  /** Returns whether the policy decides as recorded, if it is the policy that decided then. */
  private static boolean isExact(Found decision, Outcome before) {
    String then = decision.entry().word("decisionDigest");
    return then.isEmpty()
        || !before.policy().equals(decision.policy())
        || then.equals(before.digest());
  }

  private static void pause(long nanos) {
    LockSupport.parkNanos(nanos);
  }
}
