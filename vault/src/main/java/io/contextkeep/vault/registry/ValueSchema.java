package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.web.Problem;
import java.util.Map;
import java.util.Set;

/**
 * The check of a JSON Schema (2020-12) that an operator registers. An accepted schema is valid by
 * the metaschema, has no references, and has only patterns that match in linear time on texts of
 * bounded length. It can check any value.
 */
final class ValueSchema {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
  private static final int MAX_LENGTH = 16_384;
  private static final int MAX_TEXT = 65_536;

  /** The keywords that name or need another schema; {@code $schema} is checked separately. */
  private static final Set<String> REFERENCES =
      Set.of(
          "$ref",
          "$dynamicRef",
          "$recursiveRef",
          "$id",
          "$anchor",
          "$dynamicAnchor",
          "$recursiveAnchor",
          "$vocabulary");

  /** The keywords whose values are data, not schemas. */
  private static final Set<String> DATA = Set.of("const", "enum", "default", "examples");

  private ValueSchema() {}

  static ValueRule compiled(JsonNode schema) {
    if (!schema.isObject() || hasReference(schema) || schema.toString().length() > MAX_LENGTH) {
      throw invalid("without references, of at most " + MAX_LENGTH + " characters");
    }
    if (!schema.path("$schema").asText(DIALECT).equals(DIALECT) || !ValueRule.isSchema(schema)) {
      throw invalid("valid by " + DIALECT);
    }
    if (hasUnboundedPattern(schema)) {
      throw invalid("with a 'maxLength' (at most " + MAX_TEXT + ") beside each 'pattern'");
    }
    try {
      return ValueRule.of(schema);
    } catch (IllegalArgumentException refused) {
      throw invalid("that the vault can compile: " + refused.getMessage());
    }
  }

  private static boolean hasUnboundedPattern(JsonNode node) {
    JsonNode maxLength = node.path("maxLength");
    boolean limited =
        maxLength.canConvertToExactIntegral()
            && maxLength.canConvertToInt()
            && maxLength.intValue() <= MAX_TEXT;
    if (node.path("pattern").isTextual() && !limited) {
      return true;
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!DATA.contains(member.getKey()) && hasUnboundedPattern(member.getValue())) {
        return true;
      }
    }
    return node.isArray() && node.valueStream().anyMatch(ValueSchema::hasUnboundedPattern);
  }

  private static boolean hasReference(JsonNode node) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (REFERENCES.contains(field.getKey())) {
        return true;
      }
    }
    for (JsonNode child : node) {
      if (hasReference(child)) {
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
