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
 * Asks the recorded decisions of a period again: what decides them now, and what would decide them
 * instead. It takes the entries a page at a time and rests after each as long as that page took, so
 * that reads find the processor free half of the time at least.
 */
public final class Replay {
  private static final int PAGE = 256;

  private final RecordedDecisions decisions;
  private final PolicyGate inForce;
  private final HypotheticalQuestions possible;

  /**
   * @param inForce the policy that decides now
   */
  public Replay(RecordedDecisions decisions, HypotheticalQuestions possible, PolicyGate inForce) {
    this.decisions = decisions;
    this.possible = possible;
    this.inForce = inForce;
  }

  /** Told how far it is. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param done of the entries of the period
     */
    void at(long done, long entries);
  }

  /** Under another policy. */
  public Replayed run(PolicyGate candidate, Period period, Progress progress) {
    PolicyIdentity now = inForce.policy();
    Tally recorded = again(period.query(), now, candidate::outcome, progress);
    return recorded.result(now, candidate.policy(), supposed(now, candidate, recorded));
  }

  private List<DecisionChanges> supposed(PolicyIdentity now, PolicyGate candidate, Tally recorded) {
    Tally tally = new Tally();
    for (Question silent : possible.ofAnybody()) {
      long begun = System.nanoTime();
      Scenarios.situations(silent)
          .forEach(
              question -> {
                Optional<Outcome> before = heard(inForce::outcome, question);
                Optional<Outcome> after = heard(candidate::outcome, question);
                if (before.isPresent() && after.isPresent()) {
                  checkSame(now, before.get());
                  tally.add(question, before.get(), after.get());
                } else {
                  recorded.undecided();
                }
              });
      rest(System.nanoTime() - begun);
    }
    return tally.flips();
  }

  /** Under the policy in force, the decisions of one app, were that so. */
  public Replayed run(Hypothesis fact, String app, Period period, Progress progress) {
    return run(fact, period.query().withActor(app), progress);
  }

  /** Under the policy in force, the decisions of every app, were that so. */
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
      rest(System.nanoTime() - begun);
    }
    return tally;
  }

  private void again(
      Found found, PolicyIdentity now, Function<Question, Outcome> instead, Tally tally) {
    switch (found) {
      case Found.Missing missing -> tally.lost(missing.why());
      case Found.Recorded recorded -> {
        Optional<Outcome> before = heard(inForce::outcome, recorded.question());
        Optional<Outcome> after = heard(instead, recorded.question());
        if (before.isPresent() && after.isPresent()) {
          checkSame(now, before.get());
          add(recorded, before.get(), after.get(), tally);
        } else {
          tally.lost(MissingReason.UNDECIDED);
        }
      }
    }
  }

  private static void add(Found.Recorded recorded, Outcome before, Outcome after, Tally tally) {
    if (isExact(recorded, before)) {
      tally.add(recorded, before, after);
    } else {
      tally.lost(MissingReason.INEXACT);
    }
  }

  /** Nothing where a policy was busy or slow for once; one that is away ends the replay. */
  private static Optional<Outcome> heard(Function<Question, Outcome> policy, Question question) {
    try {
      return Optional.of(policy.apply(question));
    } catch (NotDecided e) {
      if (e.kind() == PolicyFailure.Kind.POLICY_UNAVAILABLE) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Another one came into force meanwhile: the two outcomes would not be of the two policies. */
  private static void checkSame(PolicyIdentity now, Outcome before) {
    if (!before.policy().equals(now)) {
      throw new PolicyChanged();
    }
  }

  /** What the policy gave then and gives now must be the same, if it is the same policy. */
  private static boolean isExact(Found decision, Outcome before) {
    String then = decision.entry().word("decisionDigest");
    return then.isEmpty()
        || !before.policy().equals(decision.policy())
        || then.equals(before.digest());
  }

  private static void rest(long nanos) {
    LockSupport.parkNanos(nanos);
  }
}
