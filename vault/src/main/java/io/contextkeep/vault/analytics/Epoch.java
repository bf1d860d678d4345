package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.time.Instant;

/**
 * An hour of the vault's clock. A question that was answered in it is answered by the same numbers
 * until it ends; whoever withdraws takes no part in anything that is worked out from then on.
 *
 * @param number of hours since 1970: it says nothing of how much happened
 */
public record Epoch(long number) {
  private static final Duration LENGTH = Duration.ofHours(1);

  static Epoch at(Instant now) {
    return new Epoch(Math.floorDiv(now.toEpochMilli(), LENGTH.toMillis()));
  }

  public Instant from() {
    return Instant.ofEpochMilli(number * LENGTH.toMillis());
  }

  public Instant until() {
    return from().plus(LENGTH);
  }
}
