package io.contextkeep.vault.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.contextkeep.vault.store.Registry;
import java.util.Map;
import java.util.Set;

/**
 * A JSON Schema (2020-12) from an operator, checked before it is kept: it is valid by the
 * metaschema, all of its patterns compile, and nothing in it leads out of it. One that is accepted
 * can judge any value.
 */
final class ValueSchema {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
  private static final int MAX_LENGTH = 16_384;

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

  private static final Schema METASCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(SchemaLocation.of(DIALECT));

  private ValueSchema() {}

  static Schema compiled(JsonNode schema) {
    if (!schema.isObject() || leadsOut(schema) || schema.toString().length() > MAX_LENGTH) {
      throw invalid("without references, of at most " + MAX_LENGTH + " characters");
    }
    if (!schema.path("$schema").asText(DIALECT).equals(DIALECT)
        || !METASCHEMA.validate(schema).isEmpty()) {
      throw invalid("valid by " + DIALECT);
    }
    try {
      Schema compiled = Registry.schema(schema);
      compiled.initializeValidators();
      return compiled;
    } catch (RuntimeException uncompilable) {
      throw invalid("whose patterns are regular expressions");
    }
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
