package io.contextkeep.vault.analytics;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds how many questions are being answered or wait for it, of one analyst and of all together.
 * So nobody's questions make all others wait, and what waits fits into memory.
 */
final class Places {
  /** Of one analyst. */
  static final int EACH = 20;

  /** Of all analysts together. */
  static final int ALL = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> taken = new HashMap<>();
  private int all;

  /** A place that is given back once, however often it is closed. */
  final class Place implements AutoCloseable {
    private final String analyst;
    private boolean held = true;

    private Place(String analyst) {
      this.analyst = analyst;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (held) {
          held = false;
          all--;
          taken.computeIfPresent(analyst, (_, many) -> many == 1 ? null : many - 1);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Takes a place; empty where the analyst, or all together, have as many as they may. */
  Optional<Place> take(String analyst) {
    lock.lock();
    try {
      if (all >= ALL || taken.getOrDefault(analyst, 0) >= EACH) {
        return Optional.empty();
      }
      all++;
      taken.merge(analyst, 1, Integer::sum);
      return Optional.of(new Place(analyst));
    } finally {
      lock.unlock();
    }
  }
}
