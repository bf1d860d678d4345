package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.time.Instant;

/**
 * When statistics are taken and when they are answered.
 *
 * @param epoch how long the same question has the same answer
 * @param slot answers leave at whole multiples of it, so that when says no more than how many of
 *     them a scan took: one that is longer than any scan says nothing
 */
public record Timing(Duration epoch, Duration slot) {
  /** An hour, and a second. */
  public static final Timing DEFAULT = new Timing(Duration.ofHours(1), Duration.ofSeconds(1));

  public Timing {
    if (epoch.toMinutes() < 1 || slot.toMillis() < 1) {
      throw new IllegalArgumentException("An epoch has minutes, a slot milliseconds");
    }
  }

  /** The epoch that a moment is in. */
  Epoch at(Instant now) {
    long minutes = Math.floorDiv(now.getEpochSecond(), 60);
    return new Epoch(minutes - Math.floorMod(minutes, epoch.toMinutes()), epoch);
  }

  /** Returns the number of the slot that a moment is in, by a clock that only goes forward. */
  long slot(long nanos) {
    return Math.floorDiv(nanos, slot.toNanos());
  }

  /**
   * How long an answer that is ready waits.
   *
   * @param nanos the time of a clock that only goes forward
   * @return nanoseconds, one at least and a slot at most
   */
  long rest(long nanos) {
    return slot.toNanos() - Math.floorMod(nanos, slot.toNanos());
  }
}
