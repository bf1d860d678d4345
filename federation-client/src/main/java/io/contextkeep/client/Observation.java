package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * One value with where it comes from. It is personal, so it does not print itself.
 *
 * @param value as the policy lets it out: whole, or coarser by the mask
 * @param source the app that wrote it
 * @param batch the batch it came in
 * @param mask how it was made coarser, such as {@code LAST_FOUR}; empty when it is whole
 */
public record Observation(
    JsonNode value, Instant observed, String source, String batch, Optional<String> mask) {
  @Override
  public String toString() {
    return "Observation[redacted]";
  }
}
