package io.contextkeep.policy.server;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker. It opens after a number of consecutive failures within some time. While it is
 * open, all requests are refused at once, except one trial after each pause.
 *
 * <p>One answer ends a series of failures. Otherwise a caller with expensive questions could have
 * all others refused.
 */
final class Breaker {
  private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);
  private static final int FAILURES = 5;
  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private enum State {
    CLOSED,
    OPEN,
    TRIAL
  }

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private State state = State.CLOSED;
  private int failures;

  /** The time of the first failure while closed, and of the opening while open. */
  private long since;

  /**
   * Makes a closed breaker.
   *
   * @param nanos a monotonic clock
   */
  Breaker(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Returns whether a request may be made; if so, {@link #ended} must follow. */
  boolean admits() {
    lock.lock();
    try {
      if (state == State.OPEN && elapsed(PAUSE)) {
        state = State.TRIAL;
        return true;
      }
      return state == State.CLOSED;
    } finally {
      lock.unlock();
    }
  }

  void ended(boolean answered) {
    lock.lock();
    try {
      if (answered) {
        close();
      } else {
        failed();
      }
    } finally {
      lock.unlock();
    }
  }

  private void failed() {
    switch (state) {
      case CLOSED -> {
        if (failures == 0 || elapsed(WITHIN)) {
          failures = 0;
          since = nanos.getAsLong();
        }
        failures++;
        if (failures >= FAILURES) {
          LOG.warn("the policy server does not answer: every question is refused");
          open();
        }
      }
      case TRIAL -> open();
      // The request began before the breaker opened, so the pause stays as it is.
      case OPEN -> {}
    }
  }

  private void close() {
    if (state != State.CLOSED) {
      LOG.info("the policy server answers again");
    }
    state = State.CLOSED;
    failures = 0;
  }

  private void open() {
    state = State.OPEN;
    since = nanos.getAsLong();
  }

  private boolean elapsed(Duration time) {
    return nanos.getAsLong() - since >= time.toNanos();
  }
}
