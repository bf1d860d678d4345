package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A question that was charged and is being answered, for as long as this program runs. */
public final class Job {

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
   */
  public record Status(State state, int progress, long version, Optional<String> release) {
    @Override
    public String toString() {
      return "Status[" + state + ", " + progress + "]";
    }
  }

  private final long charge;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Status status = new Status(State.RUNNING, 0, 0, Optional.empty());

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
    update(State.RUNNING, tenths, Optional.empty());
  }

  /**
   * Ends it.
   *
   * @return whether it had not ended before
   */
  boolean end(State state, Optional<String> release) {
    return update(state, 10, release);
  }

  private boolean update(State state, int progress, Optional<String> release) {
    lock.lock();
    try {
      if (status.state() != State.RUNNING
          || state == State.RUNNING && progress <= status.progress()) {
        return false;
      }
      status = new Status(state, progress, status.version() + 1, release);
      changed.signalAll();
      return true;
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
