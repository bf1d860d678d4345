package io.contextkeep.vault.outbox;

import io.contextkeep.vault.jobs.Backoff;
import java.time.Duration;
import java.time.Instant;

/**
 * The rule for retrying a message, and for making it a dead letter.
 *
 * @param backoff the waits after failures
 * @param maxAttempts the number of failures after which it is a dead letter
 * @param maxAge the age at which it is a dead letter
 */
public record RetryPolicy(Backoff backoff, int maxAttempts, Duration maxAge) {

  /** Returns whether to give up a message created at a time, after a number of failures. */
  boolean isExhausted(int failures, Instant created, Instant now) {
    return failures >= maxAttempts || now.isAfter(created.plus(maxAge));
  }
}
