package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.Optional;

/**
 * One checked line of a source: what it says about one customer.
 *
 * @param id makes an event idempotent; a value is replaced by a newer one
 * @param observed when the source observed it, in milliseconds since 1970
 */
public record SourceLine(
    int number,
    List<Identifier> customer,
    Attribute attribute,
    Optional<String> id,
    long observed,
    JsonNode value,
    Optional<Derived> derived) {

  /** A line that was collected, not derived. */
  public SourceLine(
      int number,
      List<Identifier> customer,
      Attribute attribute,
      Optional<String> id,
      long observed,
      JsonNode value) {
    this(number, customer, attribute, id, observed, value, Optional.empty());
  }

  @Override
  public String toString() {
    return "SourceLine[" + number + ", redacted]";
  }
}
