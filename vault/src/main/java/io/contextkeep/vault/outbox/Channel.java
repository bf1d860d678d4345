package io.contextkeep.vault.outbox;

import io.contextkeep.vault.jobs.Backoff;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntPredicate;

/** A kind of messages: their content, their receivers and their retries. */
public interface Channel {

  /** Returns the kind's name in the table and in metrics. */
  String kind();

  /** Returns the rule for retrying messages and giving them up. */
  RetryPolicy retries();

  /** Returns whether messages to the same target are sent in order. */
  boolean isOrdered();

  /** Returns the letter to send; empty if there is nothing left to send. */
  Optional<Letter> letter(Message message);

  /** Records a failed attempt, in the transaction that keeps the message for the next one. */
  default void failed(Connection c, Message message) throws SQLException {}

  /** Records that a message was given up, in the transaction that makes it a dead letter. */
  default void died(Connection c, Message message) throws SQLException {}

  /**
   * A message in the form in which it is sent.
   *
   * @param timeout the longest duration of the exchange
   * @param isReceived tells whether a status means that the message was received
   * @param received called in the transaction in which the message leaves the outbox
   */
  record Letter(
      URI to,
      String type,
      byte[] body,
      Duration timeout,
      IntPredicate isReceived,
      Received received) {

    /** Records that a letter was received. */
    @FunctionalInterface
    public interface Received {
      void note(Connection c) throws SQLException;
    }

    @Override
    public String toString() {
      return "Letter[" + type + "]";
    }
  }

  /**
   * A message in the outbox.
   *
   * @param target the receiver: an app, an agent or an address
   * @param id its id within its kind and target; the same for every attempt
   * @param payload the content, if its channel cannot derive that from the id; never personal data
   * @param revision increased when the same message was put again before it was sent
   * @param attempts the number of failed attempts
   */
  record Message(
      String kind,
      String target,
      String id,
      String payload,
      long revision,
      int attempts,
      Instant next,
      Instant created) {
    @Override
    public String toString() {
      return "Message[" + kind + " " + id + "]";
    }
  }

  /**
   * The rule for retrying a message, and for making it a dead letter.
   *
   * @param backoff the waits after failures
   * @param maxAttempts the number of failures after which it is a dead letter
   * @param maxAge the age at which it is a dead letter
   */
  record RetryPolicy(Backoff backoff, int maxAttempts, Duration maxAge) {

    /** Returns whether to give up a message created at a time, after a number of failures. */
    boolean isExhausted(int failures, Instant created, Instant now) {
      return failures >= maxAttempts || now.isAfter(created.plus(maxAge));
    }
  }
}
