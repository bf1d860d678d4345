package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.identity.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An operation in a fragment of the contract.
 *
 * @param place its place, for messages
 * @param roles the roles that may call it; empty for everyone, without a token
 * @param bodyTypes the media types of its body; none if it takes no body
 * @param parameters the names of its parameters
 */
record ContractOperation(
    String place,
    ObjectNode node,
    List<String> roles,
    Set<String> bodyTypes,
    Set<String> parameters) {
  private static final Set<String> ROLES =
      Stream.of(Role.values()).map(Role::code).collect(Collectors.toUnmodifiableSet());

  /** A kind of operations that share answers, by its name in {@code common.json}. */
  enum Kind {
    EVERY("every operation", _ -> true),
    WITH_TOKEN("with a token", ContractOperation::takesToken),
    WITH_TOKEN_WITHOUT_BODY(
        "with a token, without a body",
        operation -> operation.takesToken() && operation.bodyTypes.isEmpty()),
    FOR_SOME_ROLES(
        "for some roles",
        operation -> operation.takesToken() && operation.roles.size() < ROLES.size()),
    FOR_CUSTOMERS(
        "for customers alone", operation -> operation.roles.equals(List.of(Role.CUSTOMER.code()))),
    WITH_BODY(
        "with a body of some types",
        operation -> !operation.bodyTypes.isEmpty() && !operation.bodyTypes.contains("*/*")),
    WITH_JSON(
        "with a JSON body",
        operation -> operation.bodyTypes.stream().anyMatch(type -> type.contains("json"))),
    WITH_PRECONDITION("with If-Match", operation -> operation.parameters.contains("If-Match"));

    private final String title;
    private final Predicate<ContractOperation> has;

    Kind(String title, Predicate<ContractOperation> has) {
      this.title = title;
      this.has = has;
    }

    String title() {
      return title;
    }

    boolean has(ContractOperation operation) {
      return has.test(operation);
    }
  }

  /**
   * Reads an operation.
   *
   * @param resolve returns the target of a reference
   */
  static ContractOperation of(String place, JsonNode node, UnaryOperator<JsonNode> resolve) {
    if (!(node instanceof ObjectNode operation) || !node.path("x-roles").isArray()) {
      throw Fragment.fault(place, "x-roles must name the roles that may call it; [] is everyone");
    }
    if (node.has("security")) {
      throw Fragment.fault(place, "security follows from x-roles; leave it out");
    }
    List<String> roles = new ArrayList<>();
    node.path("x-roles").forEach(role -> roles.add(role.asText()));
    if (!ROLES.containsAll(roles)) {
      throw Fragment.fault(place, "unknown role; known are " + ROLES);
    }
    Set<String> types = new HashSet<>();
    node.at("/requestBody/content").fieldNames().forEachRemaining(types::add);
    Set<String> parameters = new HashSet<>();
    node.path("parameters")
        .forEach(parameter -> parameters.add(resolve.apply(parameter).path("name").asText()));
    return new ContractOperation(place, operation, roles, types, parameters);
  }

  private boolean takesToken() {
    return !roles.isEmpty();
  }
}
