package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.time.Instant;

/**
 * A period of the vault's clock. A question is answered with the same numbers until the epoch ends.
 * A customer who withdraws consent takes no part in answers computed afterwards.
 *
 * @param number the minute since 1970 that it begins with: it says nothing of how much happened,
 *     and no other epoch ever has it, whatever length the next one is set to
 */
record Epoch(long number, Duration length) {

  public Instant from() {
    return Instant.ofEpochSecond(number * 60);
  }

  public Instant until() {
    return from().plus(length);
  }
}
