package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.registry.Analysable;
import io.contextkeep.vault.registry.Attribute;
import java.math.BigDecimal;
import java.util.OptionalLong;
import java.util.SortedSet;

/** A condition on the customers who count. */
sealed interface Filter {
  Attribute attribute();

  boolean holds(JsonNode value);

  /** Customers whose text is one of these. */
  record Is(Attribute attribute, SortedSet<String> texts) implements Filter {
    @Override
    public boolean holds(JsonNode value) {
      return value.isTextual() && texts.contains(value.textValue());
    }
  }

  /**
   * Customers whose number, rounded to the catalogue's scale, is at least one limit and below the
   * other. So filters and sums agree about values out of bounds or between steps.
   *
   * @param from in steps, at least the lower bound
   * @param below in steps, at most one above the upper bound
   */
  record Within(Attribute attribute, long from, long below) implements Filter {
    @Override
    public boolean holds(JsonNode value) {
      OptionalLong counted = scale().counted(value);
      return counted.isPresent() && counted.getAsLong() >= from && counted.getAsLong() < below;
    }

    /** Returns the number of that many steps. */
    BigDecimal number(long steps) {
      return scale().step().multiply(BigDecimal.valueOf(steps));
    }

    private Analysable.Scale scale() {
      return attribute.analytics().flatMap(Analysable::scale).orElseThrow();
    }
  }
}
