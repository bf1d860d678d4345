package io.contextkeep.vault.graph;

import java.time.Duration;
import java.util.function.Supplier;

/** Work that must not fill the day: it rests four times as long as it took, or longer. */
final class Chore {
  private static final int RESTS = 4;

  private final Runnable work;
  private final Supplier<Duration> leastRest;
  private long endedAt = System.nanoTime();
  private long rest;

  /**
   * A chore that has rested.
   *
   * @param leastRest how long it rests at least, asked after each time
   */
  Chore(Runnable work, Supplier<Duration> leastRest) {
    this.work = work;
    this.leastRest = leastRest;
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
      rest = Math.max(RESTS * (endedAt - begun), leastRest.get().toNanos());
    }
  }
}
