package io.contextkeep.vault.outbox;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Which targets are being sent something: one thread for each, and so many at once. */
final class Lanes {
  /** A kind of messages to one target. */
  record Lane(String kind, String target) {}

  private final int places;
  private final Set<Lane> taken = new HashSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();

  Lanes(int places) {
    this.places = places;
  }

  /** Takes the lane; returns false where it is taken or there is no place left. */
  boolean tryEnter(Lane lane) {
    lock.lock();
    try {
      return taken.size() < places && taken.add(lane);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the lane, when whoever has it is done. */
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
