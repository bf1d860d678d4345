package io.contextkeep.client;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The wait before a retry: random up to a bound that doubles each time, so that clients that failed
 * together do not retry together, and never less than the vault asked for.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 100;
  private static final long LAST_MILLIS = 5_000;
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Returns the wait before the next attempt; empty if the vault asks for longer than a caller can
   * wait.
   *
   * @param failed the number of failed attempts, at least one
   */
  Optional<Duration> after(int failed, Optional<Duration> retryAfter) {
    Duration asked = retryAfter.orElse(Duration.ZERO);
    if (asked.compareTo(TIMEOUT) > 0) {
      return Optional.empty();
    }
    long bound = Math.min(FIRST_MILLIS << Math.min(failed - 1, 16), LAST_MILLIS);
    return Optional.of(asked.plusMillis(random.nextLong(bound + 1)));
  }
}
