package io.contextkeep.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * How much a purpose may have at once, and how often. What is empty has no cap.
 *
 * @param events of one answer, the newest ones
 * @param readsPerHour of one app, over all customers
 */
record Caps(Optional<Integer> events, Optional<Integer> readsPerHour) {
  static final Caps NONE = new Caps(Optional.empty(), Optional.empty());

  /**
   * The caps as the policy says them. How many customers one request may ask about is among them,
   * and decided already.
   *
   * @throws IllegalArgumentException if one is not known or no whole number
   */
  static Caps of(JsonNode document) {
    JsonNode stated = document.path("caps");
    if (stated.isMissingNode()) {
      return NONE;
    }
    if (!stated.isObject()) {
      throw new IllegalArgumentException("Caps that are none");
    }
    Caps caps = NONE;
    for (var cap : stated.properties()) {
      int most = whole(cap.getValue());
      caps =
          switch (cap.getKey()) {
            case "customers" -> caps;
            case "events" -> new Caps(Optional.of(most), caps.readsPerHour);
            case "reads_per_hour" -> new Caps(caps.events, Optional.of(most));
            default -> throw new IllegalArgumentException("A cap that is not known");
          };
    }
    return caps;
  }

  private static int whole(JsonNode number) {
    if (!number.isInt() || number.intValue() < 0) {
      throw new IllegalArgumentException("A cap that is no whole number");
    }
    return number.intValue();
  }
}
