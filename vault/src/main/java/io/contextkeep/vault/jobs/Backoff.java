package io.contextkeep.vault.jobs;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

/**
 * The pause after a failure: it doubles with each one up to a longest pause, and is shortened by up
 * to a quarter at random, so that those who failed together do not all come back together.
 */
public final class Backoff {
  private static final int MOST_DOUBLINGS = 30;

  private final Duration first;
  private final Duration longest;
  private final LongUnaryOperator below;

  /**
   * @param below a random number from 0 up to the one that it is given
   */
  Backoff(Duration first, Duration longest, LongUnaryOperator below) {
    this.first = first;
    this.longest = longest;
    this.below = below;
  }

  /** Makes the rule for pauses between those two. */
  public static Backoff of(Duration first, Duration longest) {
    return new Backoff(
        first, longest, most -> ThreadLocalRandom.current().nextLong(Math.max(1, most)));
  }

  /**
   * Returns how long to wait.
   *
   * @param failures how many there were in a row, at least one
   */
  public Duration after(int failures) {
    int doublings = Math.clamp(failures - 1, 0, MOST_DOUBLINGS);
    Duration doubled = first.multipliedBy(1L << doublings);
    long whole = (doubled.compareTo(longest) < 0 ? doubled : longest).toMillis();
    return Duration.ofMillis(whole - below.applyAsLong(whole / 4));
  }

  /** Returns the longest pause: one that would end later was begun while the clock was ahead. */
  public Duration longest() {
    return longest;
  }
}
