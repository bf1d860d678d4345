package io.contextkeep.vault.analytics.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.registry.Analysable;
import io.contextkeep.vault.registry.Attribute;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is measured, between bounds that were set before anybody looked.
 *
 * @param bounds those of the catalogue or narrower; empty where only presence counts
 * @param perCustomer how many items of one customer count at most
 */
public record Column(Attribute attribute, Optional<Analysable.Scale> bounds, int perCustomer) {

  /** Returns what a value counts as, in steps; empty where it is no number. */
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
