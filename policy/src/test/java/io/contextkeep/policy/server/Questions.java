package io.contextkeep.policy.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Bundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random inputs for the policy. Most are what a vault would ask, and close to a permit; some are
 * about a statistic; one in four lacks a part or has an odd one in its place.
 */
final class Questions {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> ROLES =
      List.of("app", "app", "app", "app", "customer", "analyst", "auditor", "");
  private static final List<String> STATUSES =
      List.of("GIVEN", "GIVEN", "RENEWED", "WITHDRAWN", "REFUSED", "EXPIRED", "REQUESTED", "odd");
  private static final List<String> CATEGORIES =
      List.of("pd:Country", "pd:EmailAddress", "pd:Health", "pd:Income", "pd:Purchase", "pd:Odd");

  /**
   * Unusual texts, with marks that join, reverse the direction, end strings, or are half a
   * character.
   */
  private static final List<String> ODD =
      List.of(
          "", "\u0000", "é", "e\u0301", "\u202Eabc", "😀", "\uD800", "\"}", "\\", "x".repeat(999));

  private final Random random;
  private final List<String> purposes = new ArrayList<>();

  Questions(Random random) {
    this.random = random;
    try {
      JSON.readTree(Bundle.builtIn().data())
          .at("/contextkeep/catalogue/purposes")
          .fieldNames()
          .forEachRemaining(purposes::add);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  String next() {
    ObjectNode question = random.nextInt(10) == 0 ? statistic() : question();
    if (random.nextInt(4) == 0) {
      spoil(question);
    }
    return question.toString();
  }

  private ObjectNode question() {
    String asked = oneOf(purposes);
    ObjectNode question = NODES.objectNode().put("purpose", asked);
    question.set("caller", caller(oneOf(ROLES), asked));
    question
        .putObject("subject")
        .put("state", random.nextInt(8) == 0 ? oneOf(List.of("unknown", "restricted")) : "known")
        .put("self", random.nextInt(8) == 0);
    ArrayNode consents = question.putArray("consents");
    if (random.nextInt(3) > 0) {
      consent(consents, asked, "shop", "GIVEN");
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      consent(
          consents,
          random.nextInt(3) == 0 ? any(asked) : asked,
          oneOf(List.of("shop", "shop", "rival", "*")),
          oneOf(STATUSES));
    }
    ArrayNode objections = question.putArray("objections");
    if (random.nextInt(8) == 0) {
      objections.add(any(asked));
    }
    question.set("attributes", attributes());
    return question;
  }

  private void consent(ArrayNode consents, String purpose, String recipient, String status) {
    consents
        .addObject()
        .put("purpose", purpose)
        .put("recipient", recipient)
        .put("status", status)
        .put("explicit", random.nextBoolean());
  }

  private ObjectNode statistic() {
    String asked = oneOf(purposes);
    ObjectNode question = NODES.objectNode().put("purpose", asked);
    question
        .putObject("aggregate")
        .put("measure", oneOf(List.of("count", "sum", "mean", "odd")))
        .put("rho", random.nextLong(1_000_000_000_000L))
        .put("delta", random.nextLong(2_000_000));
    question.set("caller", caller(oneOf(List.of("analyst", "analyst", "app")), asked));
    question.set("population", caller("app", asked));
    question.set("attributes", attributes());
    return question;
  }

  private ObjectNode caller(String role, String asked) {
    ObjectNode caller = NODES.objectNode().put("id", "shop").put("role", role);
    ArrayNode registered = caller.putArray("purposes");
    registered.add(oneOf(purposes));
    if (random.nextInt(8) > 0) {
      registered.add(asked);
    }
    return caller;
  }

  private ObjectNode attributes() {
    ObjectNode attributes = NODES.objectNode();
    for (int i = random.nextInt(9); i > 0; i--) {
      attributes
          .putObject(random.nextInt(1_000) == 0 ? oneOf(ODD) : "attribute_" + i)
          .put("category", oneOf(CATEGORIES))
          .put("special", random.nextInt(4) == 0)
          .put("age_days", random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(500));
    }
    return attributes;
  }

  /** Returns the purpose, a broader one or any. */
  private String any(String purpose) {
    List<String> near = new ArrayList<>(List.of(purpose));
    Purpose.parse(purpose)
        .ifPresent(p -> p.ancestors().stream().map(Purpose::curie).sorted().forEach(near::add));
    return random.nextInt(3) == 0 ? oneOf(Purpose.all()).curie() : oneOf(near);
  }

  /** Removes a part somewhere, or replaces it. */
  private void spoil(ObjectNode question) {
    JsonNode at = question;
    while (at.size() > 0 && (at == question || random.nextInt(3) > 0)) {
      JsonNode inner = at.get(random.nextInt(at.size()));
      if (at instanceof ObjectNode object) {
        String name = oneOf(at.propertyStream().map(Map.Entry::getKey).toList());
        inner = at.get(name);
        if (!inner.isContainerNode() || random.nextInt(3) == 0) {
          spoil(object, name);
          return;
        }
      }
      at = inner;
    }
  }

  private void spoil(ObjectNode object, String name) {
    switch (random.nextInt(7)) {
      case 0 -> object.remove(name);
      case 1 -> object.putNull(name);
      case 2 -> object.put(name, random.nextInt(1_000) - 500);
      case 3 -> object.put(name, random.nextBoolean());
      case 4 -> object.putObject(name).put("a", 1);
      case 5 -> object.putArray(name).add("shop").add(1.5);
      default -> object.put(name, oneOf(ODD));
    }
  }

  private <T> T oneOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
