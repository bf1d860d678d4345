package io.contextkeep.vault.outbox;

import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.IntPredicate;

/**
 * A message in the form in which it is sent.
 *
 * @param timeout the longest duration of the exchange
 * @param isReceived tells whether a status means that the message was received
 * @param received called in the transaction in which the message leaves the outbox
 */
public record Letter(
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
