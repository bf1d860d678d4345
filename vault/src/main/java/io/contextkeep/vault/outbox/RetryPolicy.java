package io.contextkeep.vault.outbox;

import io.contextkeep.vault.jobs.Backoff;
import java.time.Duration;
import java.time.Instant;

/**
 * When a message that could not be sent is tried again, and when it is a dead letter.
 *
 * @param backoff how long to wait after a failure
 * @param mostAttempts after how many failures it is a dead letter
 * @param mostAge at which age it is a dead letter
 */
public record RetryPolicy(Backoff backoff, int mostAttempts, Duration mostAge) {

  /** Returns whether a message is given up that was put then and has failed so many times. */
  boolean isExhausted(int failures, Instant created, Instant now) {
    return failures >= mostAttempts || now.isAfter(created.plus(mostAge));
  }
}
