package io.contextkeep.vault.context;

import io.contextkeep.policy.Eligibility;
import io.contextkeep.policy.Question;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The facts that decide whether a customer takes part in a statistic, without their identity. Each
 * fact leads from a situation to a narrower one; equal facts in the same order lead to the same
 * one, so that the policy is asked once about all who are in it.
 */
final class Situation {

  /** The situations of one statistic. Beyond so many, every customer has one of their own. */
  static final class All {
    private static final int MOST = 10_000;

    private final AtomicInteger kept = new AtomicInteger();
    private final Situation free = new Situation(this, false, List.of(), List.of());
    private final Situation restricted = new Situation(this, true, List.of(), List.of());

    /** Returns the situation of those who have neither consented nor objected to anything. */
    Situation of(boolean isRestricted) {
      return isRestricted ? restricted : free;
    }

    private boolean mayKeepAnother() {
      return kept.get() < MOST && kept.incrementAndGet() <= MOST;
    }
  }

  private record Step(Object fact, Situation to) {}

  private final All all;
  private final boolean restricted;
  private final List<Question.Consent> consents;
  private final List<String> objections;
  private final Map<Object, Situation> next = new ConcurrentHashMap<>();

  /** The step taken last, which is that of most customers. */
  private volatile @Nullable Step last;

  private volatile @Nullable Eligibility decided;

  private Situation(
      All all, boolean restricted, List<Question.Consent> consents, List<String> objections) {
    this.all = all;
    this.restricted = restricted;
    this.consents = consents;
    this.objections = objections;
  }

  boolean restricted() {
    return restricted;
  }

  List<Question.Consent> consents() {
    return consents;
  }

  List<String> objections() {
    return objections;
  }

  /**
   * Returns the situation of those who also have a consent.
   *
   * @param consent without its event
   */
  Situation with(Question.Consent consent) {
    return step(consent, () -> new Situation(all, restricted, plus(consents, consent), objections));
  }

  /** Returns the situation of those who also object to a purpose. */
  Situation objecting(String purpose) {
    return step(purpose, () -> new Situation(all, restricted, consents, plus(objections, purpose)));
  }

  private Situation step(Object fact, Supplier<Situation> narrower) {
    Step known = last;
    if (known != null && known.fact == fact) {
      return known.to;
    }
    Situation to = next.get(fact);
    if (to == null) {
      if (!all.mayKeepAnother()) {
        return narrower.get();
      }
      to = next.computeIfAbsent(fact, _ -> narrower.get());
    }
    last = new Step(fact, to);
    return to;
  }

  private static <T> List<T> plus(List<T> facts, T fact) {
    return Stream.concat(facts.stream(), Stream.of(fact)).toList();
  }

  /** Returns what was decided about it, or asks. Two threads may ask the same at the same time. */
  Eligibility decided(Supplier<Eligibility> policy) {
    Eligibility known = decided;
    if (known == null) {
      known = policy.get();
      decided = known;
    }
    return known;
  }
}
