package io.contextkeep.vault.analytics;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A charged question that is being answered; jobs end with the process. */
final class Job {

  /** The states of a job. Only a running job changes its state. */
  public enum State {
    RUNNING,
    RELEASED,
    CANCELLED,
    FAILED
  }

  /**
   * The status of a job.
   *
   * @param progress tenths of the range of customers' numbers, not of customers
   * @param version incremented by each change
   * @param reason the code of the cause if it was cancelled or failed
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
  private final Set<String> analysts = new HashSet<>();
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

  /** Ends the job with an answer, unless it has ended. */
  void release(String release) {
    update(State.RELEASED, 10, Optional.of(release), Optional.empty());
  }

  /** Ends the job without an answer, unless it has ended. */
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
        // Done before waiting clients learn of the end, so that they can ask the next question at
        // once.
        place.ifPresent(Places.Place::close);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Makes the job hold a place until it ends. */
  void holds(Places.Place taken) {
    lock.lock();
    try {
      place = Optional.of(taken);
    } finally {
      lock.unlock();
    }
  }

  /** Adds an analyst who waits for the answer. */
  void join(String analyst) {
    lock.lock();
    try {
      analysts.add(analyst);
      waiting++;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes a waiting client.
   *
   * @return whether no client waits any more
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
      return analysts.contains(analyst);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the version is newer, the job has ended, or the timeout is over. */
  public Status after(long version, Duration timeout) {
    long left = timeout.toNanos();
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

  /** Waits until the job has ended or the timeout is over. */
  public Status ended(Duration timeout) {
    long latest = System.nanoTime() + timeout.toNanos();
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
