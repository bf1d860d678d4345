package io.contextkeep.vault.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** A kind of messages: what they say, where they go, and how patient the vault is with them. */
public interface Channel {

  /** Returns a coded word for the kind, as it stands in the table and in metrics. */
  String kind();

  /** Returns when a message is tried again, and when it is given up. */
  RetryPolicy retries();

  /** Returns whether a message must wait for those to the same target that were put before it. */
  boolean isOrdered();

  /** Returns what to send; empty where there is nothing left to say. */
  Optional<Letter> letter(Message message);

  /** Notes a try in vain, in the transaction that keeps the message for the next one. */
  default void failed(Connection c, Message message) throws SQLException {}

  /** Notes that a message was given up, in the transaction that makes it a dead letter. */
  default void died(Connection c, Message message) throws SQLException {}
}
