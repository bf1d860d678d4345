package io.contextkeep.vault.analytics.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.store.Analysable;
import io.contextkeep.vault.store.Attribute;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is measured, between bounds that were set before anybody looked.
 *
 * @param bounds those of the catalogue or narrower; empty where only presence counts
 * @param perCustomer how many items of one customer count at most
 */
public record Column(Attribute attribute, Optional<Analysable.Scale> bounds, int perCustomer) {

  /**
   * What a value counts as, in steps: rounded half to even, and what is beyond a bound counts as
   * the bound. Empty where it is no number: it counts as nothing, not as zero.
   */
  OptionalLong steps(JsonNode value) {
    Analysable.Scale scale = bounds.orElseThrow();
    JsonNode part = attribute.analytics().orElseThrow().part(value);
    if (!part.isNumber()) {
      return OptionalLong.empty();
    }
    BigDecimal clamped = part.decimalValue().max(scale.lower()).min(scale.upper());
    return OptionalLong.of(
        clamped.divide(scale.step(), 0, RoundingMode.HALF_EVEN).longValueExact());
  }

  long lower() {
    return bounds.map(scale -> scale.steps(scale.lower())).orElse(0L);
  }

  long upper() {
    return bounds.map(scale -> scale.steps(scale.upper())).orElse(0L);
  }
}
