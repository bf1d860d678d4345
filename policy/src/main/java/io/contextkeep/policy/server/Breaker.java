package io.contextkeep.policy.server;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spares a server that does not answer, and those who would wait for it. It opens after some
 * failures in a row within a time; while it is open nobody is let through, except one after each
 * pause, to see whether the server is back. Whoever is not let through is refused at once.
 *
 * <p>One answer ends a row. Otherwise a caller whose questions are too hard could have everybody
 * else refused.
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

  /** Of the row's first failure while it is closed; of the opening while it is open. */
  private long since;

  /**
   * @param nanos a time that never goes back
   */
  Breaker(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether one may ask. Whoever may says afterwards whether there was an answer. */
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
      // Of one who was let through before it opened: no reason to wait longer.
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
