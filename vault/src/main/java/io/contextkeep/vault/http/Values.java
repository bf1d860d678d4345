package io.contextkeep.vault.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.store.Attribute;
import java.util.List;

/** A value that somebody wants kept: there, as its attribute's schema says, and not too large. */
final class Values {
  private static final int MAX_LENGTH = 65_536;

  private Values() {}

  static void check(Attribute attribute, JsonNode value) {
    if (value.isMissingNode()) {
      throw Problem.badRequest("missing_field", "The field 'value' is needed");
    }
    if (value.toString().length() > MAX_LENGTH) {
      throw Problem.badRequest(
          "value_too_large", "A value has at most " + MAX_LENGTH + " characters");
    }
    List<String> faults = attribute.faults(value);
    if (!faults.isEmpty()) {
      throw Problem.badRequest("invalid_value", String.join("; ", faults));
    }
  }
}
