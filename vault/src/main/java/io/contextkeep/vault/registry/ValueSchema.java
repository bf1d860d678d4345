package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.web.Problem;
import java.util.Map;
import java.util.Set;

/**
 * A JSON Schema (2020-12) from an operator, checked before it is kept: it is valid by the
 * metaschema, all of its patterns match in linear time and say how long a text may be, and nothing
 * in it leads out of it. One that is accepted can judge any value.
 */
final class ValueSchema {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
  private static final int MAX_LENGTH = 16_384;
  private static final int LONGEST = 65_536;

  /** What would name or need another schema; {@code $schema} is checked apart. */
  private static final Set<String> LEADING_OUT =
      Set.of(
          "$ref",
          "$dynamicRef",
          "$recursiveRef",
          "$id",
          "$anchor",
          "$dynamicAnchor",
          "$recursiveAnchor",
          "$vocabulary");

  /** Where a schema holds examples and not schemas. */
  private static final Set<String> PLAIN = Set.of("const", "enum", "default", "examples");

  private ValueSchema() {}

  static ValueRule compiled(JsonNode schema) {
    if (!schema.isObject() || leadsOut(schema) || schema.toString().length() > MAX_LENGTH) {
      throw invalid("without references, of at most " + MAX_LENGTH + " characters");
    }
    if (!schema.path("$schema").asText(DIALECT).equals(DIALECT) || !ValueRule.isSchema(schema)) {
      throw invalid("valid by " + DIALECT);
    }
    if (hasEndlessPattern(schema)) {
      throw invalid("in which 'maxLength' (at most " + LONGEST + ") stands beside each 'pattern'");
    }
    try {
      return ValueRule.of(schema);
    } catch (IllegalArgumentException refused) {
      throw invalid("that the vault can judge by: " + refused.getMessage());
    }
  }

  private static boolean hasEndlessPattern(JsonNode node) {
    JsonNode most = node.path("maxLength");
    boolean limited =
        most.canConvertToExactIntegral() && most.canConvertToInt() && most.intValue() <= LONGEST;
    if (node.path("pattern").isTextual() && !limited) {
      return true;
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!PLAIN.contains(member.getKey()) && hasEndlessPattern(member.getValue())) {
        return true;
      }
    }
    return node.isArray() && node.valueStream().anyMatch(ValueSchema::hasEndlessPattern);
  }

  private static boolean leadsOut(JsonNode node) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (LEADING_OUT.contains(field.getKey())) {
        return true;
      }
    }
    for (JsonNode child : node) {
      if (leadsOut(child)) {
        return true;
      }
    }
    return false;
  }

  private static Problem invalid(String how) {
    return Problem.badRequest(
        "invalid_schema", "The field 'schema' must be a JSON Schema object " + how);
  }
}
