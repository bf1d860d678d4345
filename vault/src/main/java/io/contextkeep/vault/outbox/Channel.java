package io.contextkeep.vault.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

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
}
