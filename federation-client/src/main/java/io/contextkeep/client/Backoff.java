package io.contextkeep.client;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: at random up to a bound that doubles each time, so that
 * clients that failed together do not come back together, and never less than the vault asked for.
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
   * The wait before the next attempt; empty when the vault asks for a longer one than a caller can
   * be kept waiting for.
   *
   * @param failed how many attempts have failed, at least one
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
