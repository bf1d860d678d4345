package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.time.Instant;

/**
 * A period of the vault's clock. A question has the same answer until the epoch ends. A customer
 * who withdraws consent takes no part in answers computed afterwards.
 *
 * @param number the minute since 1970 at which it begins; it reveals nothing about activity, and is
 *     unique even if the length of epochs changes
 */
record Epoch(long number, Duration length) {

  public Instant from() {
    return Instant.ofEpochSecond(number * 60);
  }

  public Instant until() {
    return from().plus(length);
  }
}
