package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.Optional;

/**
 * A checked line of a source: a value or an event of one customer.
 *
 * @param id the source's own id of an event, which is kept once
 * @param observed the time of the observation, in milliseconds since 1970
 * @param json the value as it is sealed
 */
public record SourceLine(
    int number,
    List<Identifier> customer,
    Attribute attribute,
    Optional<String> id,
    long observed,
    JsonNode value,
    String json,
    Optional<Derived> derived) {

  /** Makes a line whose value was collected, not derived. */
  public SourceLine(
      int number,
      List<Identifier> customer,
      Attribute attribute,
      Optional<String> id,
      long observed,
      JsonNode value) {
    this(number, customer, attribute, id, observed, value, value.toString(), Optional.empty());
  }

  @Override
  public String toString() {
    return "SourceLine[" + number + ", redacted]";
  }
}
