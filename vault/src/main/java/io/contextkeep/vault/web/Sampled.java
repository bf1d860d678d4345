package io.contextkeep.vault.web;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Sampling of similar lines of the program's log: the first is written, and then one for each
 * interval with the number of events, so that an attacker cannot fill a disk with them.
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

  /** Counts an event; returns the number of events of the line to write, or empty for no line. */
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
