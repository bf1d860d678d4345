package io.contextkeep.vault.graph;

import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.sparql.Stop;
import io.contextkeep.ontology.sparql.StopSignal;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lends the open graph to readers, beside the thread that writes it. Before that thread closes or
 * compacts the graph it recalls it: new readers get none, and current ones get a moment to finish
 * and are then told to stop. So no reader uses files that are being deleted.
 */
final class Lending {
  /** The time for readers to finish after a recall. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private Optional<Graphs> open = Optional.empty();
  private final Set<StopSignal> readers = new HashSet<>();

  /** Makes the graph available. */
  void lend(Graphs graphs) {
    lock.lock();
    try {
      open = Optional.of(graphs);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the graph until {@link #giveBack}; returns empty while it is not available. */
  Optional<Graphs> take(StopSignal reader) {
    lock.lock();
    try {
      open.ifPresent(_ -> readers.add(reader));
      return open;
    } finally {
      lock.unlock();
    }
  }

  void giveBack(StopSignal reader) {
    lock.lock();
    try {
      readers.remove(reader);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Makes the graph unavailable and waits until there are no readers. */
  void recall() {
    lock.lock();
    try {
      open = Optional.empty();
      awaitReaders(MOMENT);
      readers.forEach(reader -> reader.stop(Stop.RECALLED));
      while (!readers.isEmpty()) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitReaders(Duration moment) {
    long left = moment.toNanos();
    try {
      while (!readers.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
