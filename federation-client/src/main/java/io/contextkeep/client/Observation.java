package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * A value with its origin. It is personal, so its text form has no value.
 *
 * @param value the value as disclosed: whole, or generalised by the mask
 * @param source the app that wrote it
 * @param batch the batch that wrote it
 * @param mask the generalisation, such as {@code LAST_FOUR}; empty if it is whole
 */
public record Observation(
    JsonNode value, Instant observed, String source, String batch, Optional<String> mask) {
  @Override
  public String toString() {
    return "Observation[redacted]";
  }
}
