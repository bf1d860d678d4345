package io.contextkeep.vault.outbox;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The targets that messages are being sent to: one thread for each, up to a maximum. */
final class Lanes {
  /** The messages of one kind to one target. */
  record Lane(String kind, String target) {}

  private final int places;
  private final Set<Lane> taken = new HashSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();

  Lanes(int places) {
    this.places = places;
  }

  /** Takes the lane; returns false if it is taken or none is free. */
  boolean tryEnter(Lane lane) {
    lock.lock();
    try {
      return taken.size() < places && taken.add(lane);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the lane and takes it. */
  void enter(Lane lane) throws InterruptedException {
    lock.lock();
    try {
      while (!taken.add(lane)) {
        freed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  void leave(Lane lane) {
    lock.lock();
    try {
      taken.remove(lane);
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
