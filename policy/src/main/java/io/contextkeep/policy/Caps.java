package io.contextkeep.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * The caps of a purpose; an empty one is unlimited.
 *
 * @param events the most events of one answer, the newest ones
 * @param readsPerHour the most reads of one app in an hour, over all customers
 */
record Caps(Optional<Integer> events, Optional<Integer> readsPerHour) {
  static final Caps NONE = new Caps(Optional.empty(), Optional.empty());

  /**
   * Reads the caps of a decision. The cap on the customers of one request is left out: the policy
   * has applied it already.
   *
   * @throws IllegalArgumentException if a cap is unknown or not a whole number
   */
  static Caps of(JsonNode document) {
    JsonNode stated = document.path("caps");
    if (stated.isMissingNode()) {
      return NONE;
    }
    if (!stated.isObject()) {
      throw new IllegalArgumentException("'caps' must be an object");
    }
    Caps caps = NONE;
    for (var cap : stated.properties()) {
      int max = whole(cap.getValue());
      caps =
          switch (cap.getKey()) {
            case "customers" -> caps;
            case "events" -> new Caps(Optional.of(max), caps.readsPerHour);
            case "reads_per_hour" -> new Caps(caps.events, Optional.of(max));
            default -> throw new IllegalArgumentException("Unknown cap: " + cap.getKey());
          };
    }
    return caps;
  }

  private static int whole(JsonNode number) {
    if (!number.isInt() || number.intValue() < 0) {
      throw new IllegalArgumentException("A cap must be a whole number");
    }
    return number.intValue();
  }
}
