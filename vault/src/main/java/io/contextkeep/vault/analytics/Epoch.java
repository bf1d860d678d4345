package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.time.Instant;

/**
 * Some time of the vault's clock. A question that was answered in it is answered by the same
 * numbers until it ends; whoever withdraws takes no part in anything that is worked out from then
 * on.
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
