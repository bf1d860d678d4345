package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A question that was charged and is being answered, for as long as this program runs. */
final class Job {

  /** Where it stands. Only one that runs changes any more. */
  public enum State {
    RUNNING,
    RELEASED,
    CANCELLED,
    FAILED
  }

  /**
   * What there is to tell about it.
   *
   * @param progress tenths of the numbers that customers can have, not of customers
   * @param version one more for each change
   * @param reason the code of why there is no answer, where it was cancelled or failed
   */
  public record Status(
      State state, int progress, long version, Optional<String> release, Optional<String> reason) {
    @Override
    public String toString() {
      return "Status[" + state + ", " + progress + "]";
    }
  }

  private final long charge;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Status status = new Status(State.RUNNING, 0, 0, Optional.empty(), Optional.empty());
  private final Set<String> askedBy = new HashSet<>();
  private int waiting;
  private Optional<Places.Place> place = Optional.empty();

  Job(long charge) {
    this.charge = charge;
  }

  public long charge() {
    return charge;
  }

  public Status status() {
    lock.lock();
    try {
      return status;
    } finally {
      lock.unlock();
    }
  }

  void progress(int tenths) {
    update(State.RUNNING, tenths, Optional.empty(), Optional.empty());
  }

  /** Ends it with an answer, unless it had ended before. */
  void release(String release) {
    update(State.RELEASED, 10, Optional.of(release), Optional.empty());
  }

  /** Ends it without one, unless it had ended before. */
  void end(State state, String reason) {
    update(state, 10, Optional.empty(), Optional.of(reason));
  }

  private void update(
      State state, int progress, Optional<String> release, Optional<String> reason) {
    lock.lock();
    try {
      if (status.state() != State.RUNNING
          || state == State.RUNNING && progress <= status.progress()) {
        return;
      }
      status = new Status(state, progress, status.version() + 1, release, reason);
      if (state != State.RUNNING) {
        // Before anybody learns that it has ended: they may ask the next question at once.
        place.ifPresent(Places.Place::close);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Holds the place until it ends. */
  void holds(Places.Place taken) {
    lock.lock();
    try {
      place = Optional.of(taken);
    } finally {
      lock.unlock();
    }
  }

  /** Notes that the analyst asked this and wants the answer. */
  void join(String analyst) {
    lock.lock();
    try {
      askedBy.add(analyst);
      waiting++;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes that one who asked has gone.
   *
   * @return whether nobody is left who wants the answer
   */
  boolean leave() {
    lock.lock();
    try {
      waiting--;
      return waiting == 0;
    } finally {
      lock.unlock();
    }
  }

  boolean isAskedBy(String analyst) {
    lock.lock();
    try {
      return askedBy.contains(analyst);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for something newer than that version, or for its end, but not longer than said. */
  public Status after(long version, Duration patience) {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (status.state() == State.RUNNING && status.version() <= version && left > 0) {
        left = changed.awaitNanos(left);
      }
      return status;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return status;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for its end, but not longer than said. */
  public Status ended(Duration patience) {
    long latest = System.nanoTime() + patience.toNanos();
    Status now = status();
    while (now.state() == State.RUNNING && System.nanoTime() - latest < 0) {
      now = after(now.version(), Duration.ofNanos(latest - System.nanoTime()));
    }
    return now;
  }

  boolean isCancelled() {
    return status().state() != State.RUNNING;
  }
}
