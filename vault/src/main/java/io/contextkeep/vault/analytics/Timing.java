package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.time.Instant;

/**
 * The timing of statistics and of their answers.
 *
 * @param epoch the time for which the same question has the same answer
 * @param slot the grid of times at which answers leave, so that the time reveals only the number of
 *     slots of a scan; a slot longer than any scan reveals nothing
 */
public record Timing(Duration epoch, Duration slot) {
  /** Epochs of an hour and slots of a second. */
  public static final Timing DEFAULT = new Timing(Duration.ofHours(1), Duration.ofSeconds(1));

  public Timing {
    if (epoch.toMinutes() < 1 || slot.toMillis() < 1) {
      throw new IllegalArgumentException(
          "An epoch must be whole minutes and a slot whole milliseconds");
    }
  }

  /** Returns the epoch of an instant. */
  Epoch at(Instant now) {
    long minutes = Math.floorDiv(now.getEpochSecond(), 60);
    return new Epoch(minutes - Math.floorMod(minutes, epoch.toMinutes()), epoch);
  }

  /** Returns the number of the slot of a time, by a monotonic clock. */
  long slot(long nanos) {
    return Math.floorDiv(nanos, slot.toNanos());
  }

  /**
   * Returns the time for which a finished answer waits.
   *
   * @param nanos the time of a monotonic clock
   * @return nanoseconds, at least one and at most a slot
   */
  long rest(long nanos) {
    return slot.toNanos() - Math.floorMod(nanos, slot.toNanos());
  }
}
