package io.contextkeep.vault.outbox;

import java.time.Instant;

/**
 * A message that waits to be sent.
 *
 * @param target whose lane it takes: an app, an agent or an address
 * @param id what it is called within its kind and target; the same for every try
 * @param payload what it says, where its channel does not know that by its id; nothing personal
 * @param revision grows when the same message was put again before it was sent
 * @param attempts how often it was tried in vain
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
