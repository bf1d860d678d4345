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
 * Lends the open graph to those who read it, beside the thread that writes it. Before that thread
 * closes or compacts the graph it calls everything back: nobody gets it any more, who has it is
 * given a moment to finish and is then told to stop. So whoever reads is never in files that go.
 */
final class Lending {
  /** How long readers may go on once the graph is wanted back. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private Optional<Graphs> open = Optional.empty();
  private final Set<StopSignal> readers = new HashSet<>();

  /** From now on the graph is lent. */
  void lend(Graphs graphs) {
    lock.lock();
    try {
      open = Optional.of(graphs);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the graph until {@link #giveBack}; empty while there is none to be had. */
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

  /** Returns when nobody reads any more, and nobody can until it is lent again. */
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
