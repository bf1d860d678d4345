package io.contextkeep.vault.jobs;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

/**
 * The pause after a failure: it doubles with each failure up to a maximum and is shortened by up to
 * a quarter at random, so that tasks that failed together do not retry together.
 */
public final class Backoff {
  private static final int MAX_DOUBLINGS = 30;

  private final Duration first;
  private final Duration longest;
  private final LongUnaryOperator below;

  /**
   * @param below returns a random number from 0 up to its argument
   */
  Backoff(Duration first, Duration longest, LongUnaryOperator below) {
    this.first = first;
    this.longest = longest;
    this.below = below;
  }

  /** Returns a backoff with pauses between those two. */
  public static Backoff of(Duration first, Duration longest) {
    return new Backoff(
        first, longest, bound -> ThreadLocalRandom.current().nextLong(Math.max(1, bound)));
  }

  /**
   * Returns the pause.
   *
   * @param failures the number of failures in a row, at least one
   */
  public Duration after(int failures) {
    int doublings = Math.clamp(failures - 1, 0, MAX_DOUBLINGS);
    Duration doubled = first.multipliedBy(1L << doublings);
    long whole = (doubled.compareTo(longest) < 0 ? doubled : longest).toMillis();
    return Duration.ofMillis(whole - below.applyAsLong(whole / 4));
  }

  /** Returns the longest pause; one that ends later was started while the clock was ahead. */
  public Duration longest() {
    return longest;
  }
}
