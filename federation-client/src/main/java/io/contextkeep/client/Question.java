package io.contextkeep.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A read request: customers, attributes, purpose and reason, checked before it is sent. */
record Question(
    Purpose purpose, List<CustomerId> customers, Set<String> attributes, Optional<String> reason) {
  static final int MAX_CUSTOMERS = 100;
  private static final int MAX_ATTRIBUTES = 64;
  private static final int MAX_REASON = 200;

  Question {
    customers = List.copyOf(customers);
    attributes = new TreeSet<>(attributes);
    if (customers.isEmpty() || customers.size() > MAX_CUSTOMERS) {
      throw new IllegalArgumentException("Ask about 1 to " + MAX_CUSTOMERS + " customers at once");
    }
    if (new LinkedHashSet<>(customers).size() != customers.size()) {
      throw new IllegalArgumentException("Name each customer once");
    }
    if (attributes.isEmpty() || attributes.size() > MAX_ATTRIBUTES) {
      throw new IllegalArgumentException("Ask for the 1 to " + MAX_ATTRIBUTES + " that you need");
    }
    if (!attributes.stream().allMatch(name -> Texts.ATTRIBUTE.matcher(name).matches())) {
      throw new IllegalArgumentException("The name of an attribute must be in lower case");
    }
    if (!reason.map(Question::isReason).orElse(true)) {
      throw new IllegalArgumentException(
          "A reason has 1 to " + MAX_REASON + " characters, none of them a control character");
    }
  }

  /** Returns the body of {@code POST /v1/context}. */
  byte[] body() {
    ObjectNode body = Json.newObject();
    body.put("purpose", purpose.curie());
    ArrayNode names = body.putArray("attributes");
    attributes.forEach(names::add);
    ArrayNode ids = body.putArray("customers");
    customers.forEach(customer -> ids.add(customer.text()));
    reason.ifPresent(text -> body.put("reason", text));
    return Json.bytes(body);
  }

  private static boolean isReason(String text) {
    return !text.isBlank() && text.length() <= MAX_REASON && Texts.areSound(text);
  }

  @Override
  public String toString() {
    return "Question[" + purpose + ", " + attributes + ", redacted]";
  }
}
