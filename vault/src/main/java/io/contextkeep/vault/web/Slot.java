package io.contextkeep.vault.web;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A grid of times at which an answer may leave, counted from when its request was taken in. What
 * the vault did for the answer shows in how long it took; on the grid it shows only in how many
 * slots went by, which is one for nearly all.
 */
public record Slot(Duration length) {
  /** Leaves as soon as it is ready. */
  public static final Slot NONE = new Slot(Duration.ZERO);

  /** A few times what a refusal takes. */
  private static final Duration FIRST = Duration.ofMillis(10);

  private static final Duration EACH = Duration.ofMillis(1);

  /** The slot of an answer about so many customers, of whom at least one is refused. */
  public static Slot ofCustomers(int customers) {
    return new Slot(FIRST.plus(EACH.multipliedBy(customers)));
  }

  boolean isNone() {
    return length.isZero();
  }

  /**
   * Returns the next time on the grid.
   *
   * @param begun when the request was taken in, by {@link System#nanoTime}
   * @param ready when the answer was ready, by the same clock
   */
  long leaves(long begun, long ready) {
    return isNone()
        ? ready
        : begun + (Math.floorDiv(ready - begun, length.toNanos()) + 1) * length.toNanos();
  }

  /** Waits for a time of {@link System#nanoTime}; an interrupted thread waits no longer. */
  static void await(long time) {
    for (long rest = time - System.nanoTime();
        rest > 0 && !Thread.currentThread().isInterrupted();
        rest = time - System.nanoTime()) {
      LockSupport.parkNanos(rest);
    }
  }
}
