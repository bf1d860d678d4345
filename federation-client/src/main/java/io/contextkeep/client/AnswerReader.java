package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the vault's answer to a read. An answer that is incomplete, was not requested or has no
 * receipt of the log is a {@link VaultProtocolException}.
 */
final class AnswerReader {
  private static final Pattern BASIS = Pattern.compile("[a-z][a-z-]*:[A-Za-z0-9-]{1,64}");
  private static final long MAX_SECONDS = Duration.ofDays(3_660).toSeconds();

  /** The fields of every answer with context; an incomplete one has more. */
  private static final Set<String> FIELDS =
      Set.of(
          "customer",
          "purpose",
          "basis",
          "values",
          "withheld",
          "keepForSeconds",
          "obligations",
          "receipt");

  private final Question question;
  private final Instant asked;
  private final Disclosed.Handling handling;

  /**
   * @param asked the time of the request
   */
  AnswerReader(Question question, Instant asked, Disclosed.Handling handling) {
    this.question = question;
    this.handling = handling;
    this.asked = asked;
  }

  /** Returns an answer for each customer, in the order of the request. */
  Map<CustomerId, Answer> read(JsonNode body) {
    JsonNode answers = Json.list(Json.only(body, Set.of("answers")), "answers");
    List<CustomerId> customers = question.customers();
    Json.check(
        answers.size() == customers.size(), "has another number of customers than the request");
    Map<CustomerId, Answer> read = new LinkedHashMap<>();
    for (int i = 0; i < customers.size(); i++) {
      CustomerId customer = customers.get(i);
      boolean same = customer.text().equals(answers.get(i).path("customer").asText(""));
      Json.check(same, "is about another customer");
      read.put(customer, answer(answers.get(i)));
    }
    return Collections.unmodifiableMap(read);
  }

  private Answer answer(JsonNode node) {
    return node.has("problem") ? withoutContext(node) : disclosed(node);
  }

  /** Reads a problem of RFC 9457, whose unknown members are ignored (section 3.2). */
  private static Answer withoutContext(JsonNode node) {
    JsonNode problem = Json.object(Json.only(node, Set.of("customer", "problem")), "problem");
    return switch (problem.path("code").asText("")) {
      case "not_permitted", "not_decided" -> refused(problem);
      case "record_damaged" -> new Damaged(Receipt.read(problem));
      default -> throw Json.wrong("has a problem that no answer may have");
    };
  }

  private static Refused refused(JsonNode problem) {
    List<String> reasons = codes(problem, "reasons");
    Json.check(!reasons.isEmpty(), "refuses without a reason");
    return new Refused(reasons, Receipt.read(problem));
  }

  private Disclosed disclosed(JsonNode node) {
    Set<String> fields = new HashSet<>(FIELDS);
    if (node.has("cut")) {
      fields.add("cut");
    }
    Json.only(node, fields);
    Json.check(
        question.purpose().curie().equals(node.path("purpose").asText("")),
        "is for another purpose than was stated");
    Map<String, Content> values = values(Json.object(node, "values"));
    Map<String, String> withheld = codes(Json.object(node, "withheld"));
    checkNames(values.keySet(), withheld.keySet());
    return new Disclosed(
        new Disclosed.Terms(
            question.purpose(),
            Json.text(node, "basis", BASIS),
            withheld,
            node.has("cut") ? cut(node, values) : Map.of(),
            asked,
            Duration.ofSeconds(Json.whole(node, "keepForSeconds", MAX_SECONDS)),
            obligations(node),
            Receipt.read(node)),
        values,
        handling);
  }

  private static Map<String, String> cut(JsonNode node, Map<String, Content> values) {
    Map<String, String> cut = codes(Json.object(node, "cut"));
    Json.check(
        values.keySet().containsAll(cut.keySet()), "limits an attribute that it does not have");
    return cut;
  }

  /**
   * Checks that the attributes are exactly the requested ones; others were not decided for this
   * app.
   */
  private void checkNames(Set<String> values, Set<String> withheld) {
    Set<String> named = new HashSet<>(values);
    named.addAll(withheld);
    Json.check(
        named.equals(question.attributes()) && named.size() == values.size() + withheld.size(),
        "does not have exactly the requested attributes");
  }

  private static Map<String, Content> values(JsonNode node) {
    Map<String, Content> values = new TreeMap<>();
    node.properties().forEach(field -> values.put(field.getKey(), content(field.getValue())));
    return values;
  }

  private static Content content(JsonNode node) {
    if (!node.isArray()) {
      return new Content.Value(observation(node));
    }
    Json.check(!node.isEmpty(), "has a list of no events");
    List<Observation> events = new ArrayList<>();
    node.forEach(event -> events.add(observation(event)));
    return new Content.Events(events);
  }

  private static Observation observation(JsonNode node) {
    boolean masked = node.has("masked");
    Json.only(
        node,
        masked
            ? Set.of("value", "observed", "source", "batch", "masked")
            : Set.of("value", "observed", "source", "batch"));
    return new Observation(
        node.path("value"),
        Json.instant(node, "observed"),
        Json.text(node, "source", Texts.ID),
        Json.text(node, "batch", Texts.ID),
        masked ? Optional.of(Json.text(node, "masked", Texts.CODE)) : Optional.empty());
  }

  /** Reads the reasons of withheld or incomplete attributes. */
  private static Map<String, String> codes(JsonNode node) {
    Map<String, String> codes = new TreeMap<>();
    node.properties()
        .forEach(
            field ->
                codes.put(
                    field.getKey(), Json.text(field.getValue(), Texts.CODE, "withholding reason")));
    return codes;
  }

  private static Set<Obligation> obligations(JsonNode node) {
    Set<Obligation> obligations = EnumSet.noneOf(Obligation.class);
    for (String code : codes(node, "obligations")) {
      try {
        obligations.add(Obligation.valueOf(code));
      } catch (IllegalArgumentException e) {
        Json.check(false, "obliges to " + code + ", which this client does not know: update it");
      }
    }
    return obligations;
  }

  private static List<String> codes(JsonNode node, String field) {
    List<String> codes = new ArrayList<>();
    Json.list(node, field)
        .forEach(code -> codes.add(Json.text(code, Texts.CODE, "code in '" + field + "'")));
    return codes;
  }
}
