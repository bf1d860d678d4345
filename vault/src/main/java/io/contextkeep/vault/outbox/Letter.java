package io.contextkeep.vault.outbox;

import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.IntPredicate;

/**
 * A message as it is sent.
 *
 * @param patience how long the exchange may take
 * @param isReceived whether a status means that the receiver has it
 * @param received what is noted in the transaction in which the message leaves the outbox
 */
public record Letter(
    URI to,
    String type,
    byte[] body,
    Duration patience,
    IntPredicate isReceived,
    Received received) {

  /** Notes that a letter was received. */
  @FunctionalInterface
  public interface Received {
    void note(Connection c) throws SQLException;
  }

  @Override
  public String toString() {
    return "Letter[" + type + "]";
  }
}
