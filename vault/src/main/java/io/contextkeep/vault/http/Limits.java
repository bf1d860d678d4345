package io.contextkeep.vault.http;

import io.contextkeep.ontology.SubjectId;
import java.util.function.LongSupplier;

/**
 * What one caller may take of what all callers share. An opt-out that changes something is never
 * limited: a customer can make only as many of these as they have made of the changes that are.
 */
public final class Limits {
  private final RateLimit<SubjectId> changes;
  private final RateLimit<SubjectId> cases;
  private final RateLimit<SubjectId> looks;

  /**
   * @param nanoTime a clock that never steps back
   */
  public Limits(LimitSettings settings, LongSupplier nanoTime) {
    this.changes =
        new RateLimit<>(
            "changes",
            "too_many_changes",
            "So many changes of one customer's choices are not taken; opting out is",
            LimitSettings.rate(settings.changes()),
            nanoTime);
    this.cases =
        new RateLimit<>(
            "requests",
            "too_many_changes",
            "So many requests of one customer are not taken at once; opting out by itself is",
            LimitSettings.rate(settings.changes()),
            nanoTime);
    this.looks =
        new RateLimit<>(
            "looks",
            "too_many_looks",
            "One customer does not look at what is held of them so often",
            LimitSettings.rate(settings.looks()),
            nanoTime);
  }

  /**
   * A customer changes something of theirs that is no opt-out, or says again what stands already.
   *
   * @throws Problem 429 where it is too many
   */
  void change(SubjectId customer) {
    changes.take(customer);
  }

  /**
   * A customer looks at what is held of them, of which the log keeps an entry.
   *
   * @throws Problem 429 where it is too often
   */
  void look(SubjectId customer) {
    looks.take(customer);
  }

  /**
   * A customer makes a request that is followed as a case.
   *
   * @throws Problem 429 where it is too many
   */
  void openCase(SubjectId customer) {
    cases.take(customer);
  }
}
