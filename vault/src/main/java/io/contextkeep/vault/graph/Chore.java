package io.contextkeep.vault.graph;

import java.time.Duration;
import java.util.function.Supplier;

/** Costly work, followed by a rest of at least four times its duration. */
final class Chore {
  private static final int RESTS = 4;

  private final Runnable work;
  private final Supplier<Duration> minRest;
  private long endedAt = System.nanoTime();
  private long rest;

  /**
   * Creates a rested chore.
   *
   * @param minRest the least rest, evaluated after each run
   */
  Chore(Runnable work, Supplier<Duration> minRest) {
    this.work = work;
    this.minRest = minRest;
  }

  boolean isRested() {
    return System.nanoTime() - endedAt >= rest;
  }

  void run() {
    long begun = System.nanoTime();
    try {
      work.run();
    } finally {
      endedAt = System.nanoTime();
      rest = Math.max(RESTS * (endedAt - begun), minRest.get().toNanos());
    }
  }
}
