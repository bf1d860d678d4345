package io.contextkeep.vault.web;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A grid of times at which an answer may leave, counted from the admission of its request. The time
 * of an answer would reveal the vault's work for it; on the grid it reveals only the number of
 * slots, which is one for nearly all.
 */
public record Slot(Duration length) {
  /** No grid: the answer leaves as soon as it is ready. */
  public static final Slot NONE = new Slot(Duration.ZERO);

  /** The width of a slot, a few times that of a refusal. */
  private static final Duration FIRST = Duration.ofMillis(10);

  private static final Duration EACH = Duration.ofMillis(1);

  /** Returns the slot of an answer about a number of customers, at least one of them refused. */
  public static Slot ofCustomers(int customers) {
    return new Slot(FIRST.plus(EACH.multipliedBy(customers)));
  }

  boolean isNone() {
    return length.isZero();
  }

  /**
   * Returns the next time on the grid.
   *
   * @param begun the time of the request's admission, by {@link System#nanoTime}
   * @param ready the time at which the answer was ready
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
