package io.contextkeep.vault.analytics;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bound on the open questions of one analyst and of all analysts, so that one analyst cannot make
 * all others wait, and open questions fit into memory.
 */
final class Places {
  /** The most open questions of one analyst. */
  static final int EACH = 20;

  /** The most open questions of all analysts. */
  static final int ALL = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> taken = new HashMap<>();
  private int all;

  /** A place, which is released once however often it is closed. */
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

  /** Takes a place; returns nothing if one of the bounds is reached. */
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
