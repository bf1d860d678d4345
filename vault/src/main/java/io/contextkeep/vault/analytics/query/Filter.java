package io.contextkeep.vault.analytics.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.store.Attribute;
import java.math.BigDecimal;
import java.util.SortedSet;

/** Which customers count. */
public sealed interface Filter {
  Attribute attribute();

  boolean holds(JsonNode value);

  /** Those whose text is one of these. */
  record Is(Attribute attribute, SortedSet<String> texts) implements Filter {
    @Override
    public boolean holds(JsonNode value) {
      return value.isTextual() && texts.contains(value.textValue());
    }
  }

  /** Those whose number is at least the one and below the other. */
  record Within(Attribute attribute, BigDecimal from, BigDecimal below) implements Filter {
    @Override
    public boolean holds(JsonNode value) {
      return value.isNumber()
          && value.decimalValue().compareTo(from) >= 0
          && value.decimalValue().compareTo(below) < 0;
    }
  }
}
