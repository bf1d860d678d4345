package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.registry.Analysable;
import io.contextkeep.vault.registry.Attribute;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A measured attribute with its bounds, which do not depend on data.
 *
 * @param bounds the catalogue's bounds or narrower ones; empty if only presence counts
 * @param perCustomer the most items of one customer that count
 */
record Column(Attribute attribute, Optional<Analysable.Scale> bounds, int perCustomer) {

  /** Returns the value in steps; empty if it is not a number. */
  OptionalLong steps(JsonNode value) {
    return bounds.orElseThrow().counted(attribute.analytics().orElseThrow().part(value));
  }

  long lower() {
    return bounds.map(scale -> scale.steps(scale.lower())).orElse(0L);
  }

  long upper() {
    return bounds.map(scale -> scale.steps(scale.upper())).orElse(0L);
  }
}
