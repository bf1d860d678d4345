package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A line to write about a customer: a value of an attribute, or an event. It is personal, so its
 * text form has only kind and name.
 *
 * @param customer the customer's identifiers, one of each kind; several are linked to one customer
 * @param id identifies an event, so that it can be written again
 */
public record ContextLine(
    List<CustomerId> customer,
    Kind kind,
    String name,
    Optional<String> id,
    Instant observed,
    JsonNode value) {
  private static final int MAX_IDENTIFIERS = 8;
  private static final int MAX_ID = 200;

  /** The kind of a line: a single value or an event. */
  public enum Kind {
    ATTRIBUTE("attribute"),
    EVENT("event");

    private final String field;

    Kind(String field) {
      this.field = field;
    }
  }

  /**
   * @throws IllegalArgumentException if the line is malformed, so that the vault would refuse it
   */
  public ContextLine {
    customer = List.copyOf(customer);
    value = value.deepCopy();
    long kinds = customer.stream().map(CustomerId::kind).distinct().count();
    require(
        !customer.isEmpty() && customer.size() <= MAX_IDENTIFIERS && kinds == customer.size(),
        "A line has 1 to " + MAX_IDENTIFIERS + " identifiers, each of another kind");
    require(
        Texts.ATTRIBUTE.matcher(name).matches(), "The name of an attribute must be in lower case");
    require(
        id.map(text -> !text.isBlank() && text.length() <= MAX_ID && Texts.areSound(text))
            .orElse(true),
        "An id has 1 to " + MAX_ID + " characters, none of them a control character");
    require(!value.isMissingNode(), "A line has a value");
  }

  /** Returns a line with a value, which replaces an older one of the same name. */
  public static ContextLine attribute(
      CustomerId customer, String name, Instant observed, JsonNode value) {
    return new ContextLine(
        List.of(customer), Kind.ATTRIBUTE, name, Optional.empty(), observed, value);
  }

  /** Returns a line with an event. */
  public static ContextLine event(
      CustomerId customer, String name, Instant observed, JsonNode value) {
    return new ContextLine(List.of(customer), Kind.EVENT, name, Optional.empty(), observed, value);
  }

  public ContextLine withId(String newId) {
    return new ContextLine(customer, kind, name, Optional.of(newId), observed, value);
  }

  /** Returns a copy with another identifier of the same customer. */
  public ContextLine alsoOf(CustomerId other) {
    List<CustomerId> both = new ArrayList<>(customer);
    both.add(other);
    return new ContextLine(both, kind, name, id, observed, value);
  }

  /** Returns the line of {@code POST /v1/ingest}; equal lines have the same bytes. */
  byte[] bytes() {
    ObjectNode line = Json.newObject();
    ObjectNode identifiers = line.putObject("customer");
    customer.forEach(identifier -> identifiers.put(identifier.kind(), identifier.value()));
    line.put(kind.field, name);
    id.ifPresent(text -> line.put("id", text));
    line.put("observed", observed.toString());
    line.set("value", value);
    return Json.bytes(line);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  @Override
  public String toString() {
    return "ContextLine[" + kind.field + " " + name + ", redacted]";
  }
}
