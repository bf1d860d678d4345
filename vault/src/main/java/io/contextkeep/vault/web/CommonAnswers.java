package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.web.ContractOperation.Kind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The answers of operations that are not written in fragments. {@code x-common} in {@code
 * common.json} has the answers of each {@link Kind} of operations.
 *
 * <p>A fragment names problems by their codes only: {@code x-problems} has a list of codes for a
 * status, or an object with {@code description} and {@code codes}. The codes are added to the
 * common ones. An empty list says that the operation never answers with that status. A whole answer
 * in {@code responses} takes the place of the common one.
 */
final class CommonAnswers {
  private static final String COMMON = "x-common";
  private static final String DESCRIPTIONS = "x-descriptions";
  private static final String PROBLEMS = "x-problems";
  private static final String RESPONSES = "responses";

  /** The keys that are for composition only. */
  static final Set<String> KEYS = Set.of(COMMON, DESCRIPTIONS);

  private final Map<Kind, JsonNode> ofKind;
  private final JsonNode descriptions;

  private CommonAnswers(Map<Kind, JsonNode> ofKind, JsonNode descriptions) {
    this.ofKind = ofKind;
    this.descriptions = descriptions;
  }

  static CommonAnswers of(Fragment common) {
    Map<Kind, JsonNode> ofKind = new EnumMap<>(Kind.class);
    JsonNode all = common.content().path(COMMON);
    for (Kind kind : Kind.values()) {
      ofKind.put(kind, all.path(kind.title()));
    }
    Set<String> known = Arrays.stream(Kind.values()).map(Kind::title).collect(Collectors.toSet());
    for (var kind : all.properties()) {
      if (!known.contains(kind.getKey())) {
        throw Fragment.fault(common.place(COMMON, kind.getKey()), "known are " + known);
      }
    }
    return new CommonAnswers(ofKind, common.content().path(DESCRIPTIONS));
  }

  /** Returns the operation as OpenAPI has it, with its security and all its answers. */
  ObjectNode complete(ContractOperation operation) {
    ObjectNode complete = JsonNodeFactory.instance.objectNode();
    for (var field : operation.node().properties()) {
      if (field.getKey().equals("x-roles")) {
        complete.set("x-roles", field.getValue());
        complete.set("security", security(operation));
      } else if (!field.getKey().equals(RESPONSES) && !field.getKey().equals(PROBLEMS)) {
        complete.set(field.getKey(), field.getValue());
      }
    }
    answers(operation).forEach(complete.putObject(RESPONSES)::set);
    return complete;
  }

  private static ArrayNode security(ContractOperation operation) {
    ArrayNode security = JsonNodeFactory.instance.arrayNode();
    if (!operation.roles().isEmpty()) {
      operation.roles().forEach(security.addObject().putArray("bearer")::add);
    }
    return security;
  }

  private SortedMap<String, JsonNode> answers(ContractOperation operation) {
    SortedMap<String, JsonNode> answers = new TreeMap<>();
    SortedMap<String, SortedSet<String>> codes = new TreeMap<>();
    ObjectNode headers = JsonNodeFactory.instance.objectNode();
    for (Kind kind : Kind.values()) {
      if (kind.has(operation)) {
        JsonNode common = ofKind.getOrDefault(kind, JsonNodeFactory.instance.missingNode());
        common.path(RESPONSES).properties().forEach(r -> answers.put(r.getKey(), r.getValue()));
        common.path(PROBLEMS).properties().forEach(p -> add(codes, p.getKey(), p.getValue()));
        common.path("headers").properties().forEach(h -> headers.set(h.getKey(), h.getValue()));
      }
    }
    codes.forEach((status, all) -> answers.put(status, problem(operation, status, "", all)));
    addProblems(operation, codes, answers);
    addResponses(operation, headers, answers);
    return answers;
  }

  private static void add(
      SortedMap<String, SortedSet<String>> codes, String status, JsonNode more) {
    SortedSet<String> ofStatus = codes.computeIfAbsent(status, _ -> new TreeSet<>());
    more.forEach(code -> ofStatus.add(code.asText()));
  }

  private void addProblems(
      ContractOperation operation,
      SortedMap<String, SortedSet<String>> common,
      SortedMap<String, JsonNode> answers) {
    for (var problem : operation.node().path(PROBLEMS).properties()) {
      String status = problem.getKey();
      JsonNode stated = problem.getValue();
      if (stated.isArray() && stated.isEmpty()) {
        check(
            operation, status, answers.remove(status) != null, "the operation has no such answer");
        continue;
      }
      SortedSet<String> codes = new TreeSet<>(common.getOrDefault(status, new TreeSet<>()));
      for (JsonNode code : stated.isArray() ? stated : stated.path("codes")) {
        check(operation, status, codes.add(code.asText()), code + " is stated already");
      }
      answers.put(status, problem(operation, status, stated.path("description").asText(), codes));
    }
  }

  private static void addResponses(
      ContractOperation operation, ObjectNode headers, SortedMap<String, JsonNode> answers) {
    for (var response : operation.node().path(RESPONSES).properties()) {
      String status = response.getKey();
      JsonNode stated = response.getValue();
      boolean twice = operation.node().path(PROBLEMS).has(status);
      check(operation, status, !twice, "responses and x-problems both state it");
      check(operation, status, !stated.equals(answers.get(status)), "it is common; leave it out");
      answers.put(status, status.startsWith("2") ? withHeaders(stated, headers) : stated);
    }
  }

  private static JsonNode withHeaders(JsonNode response, ObjectNode headers) {
    if (response.has("$ref") || headers.isEmpty()) {
      return response;
    }
    ObjectNode all = response.deepCopy();
    all.withObjectProperty("headers").setAll(headers);
    return all;
  }

  private ObjectNode problem(
      ContractOperation operation, String status, String own, Set<String> codes) {
    String description = own.isEmpty() ? descriptions.path(status).asText() : own;
    check(operation, status, !description.isEmpty(), "describe it here or in " + DESCRIPTIONS);
    check(operation, status, !codes.isEmpty(), "name the problems' codes");
    ObjectNode response = JsonNodeFactory.instance.objectNode();
    response.put("description", description);
    ObjectNode schema =
        response
            .putObject("content")
            .putObject("application/problem+json")
            .putObject("schema")
            .put("$ref", "#/components/schemas/Problem");
    codes.forEach(schema.putObject("properties").putObject("code").putArray("enum")::add);
    return response;
  }

  private static void check(
      ContractOperation operation, String status, boolean holds, String otherwise) {
    if (!holds) {
      throw Fragment.fault(operation.place(), status + ": " + otherwise);
    }
  }
}
