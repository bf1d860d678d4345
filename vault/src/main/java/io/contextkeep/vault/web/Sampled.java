package io.contextkeep.vault.web;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Which of many like lines are written to the program's log: the first, and from then on one for
 * each interval, which says how many it stands for. An attacker cannot fill a disk with them.
 */
final class Sampled {
  private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

  private final LongSupplier nanoTime;
  private final AtomicLong silent = new AtomicLong();
  private final AtomicLong next;

  /**
   * @param nanoTime a clock that never steps back
   */
  Sampled(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.next = new AtomicLong(nanoTime.getAsLong());
  }

  /** How many events one line now stands for, this one too; empty where none is to be written. */
  OptionalLong event() {
    long events = silent.incrementAndGet();
    long now = nanoTime.getAsLong();
    long due = next.get();
    if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL)) {
      return OptionalLong.empty();
    }
    silent.addAndGet(-events);
    return OptionalLong.of(events);
  }
}
