package io.contextkeep.vault.outbox;

import java.time.Instant;

/**
 * A message in the outbox.
 *
 * @param target the receiver: an app, an agent or an address
 * @param id its id within its kind and target; the same for every attempt
 * @param payload the content, if its channel cannot derive that from the id; never personal data
 * @param revision increased when the same message was put again before it was sent
 * @param attempts the number of failed attempts
 */
public record Message(
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
