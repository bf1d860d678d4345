package io.contextkeep.vault.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.contextkeep.vault.web.Json;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas that demand one type, which are not always validated. */
final class ValueRuleTest {
  private static final List<String> VALUES =
      List.of(
          "{}",
          "{\"a\": 1}",
          "[]",
          "[{}]",
          "\"\"",
          "\"1\"",
          "0",
          "-7",
          "1.0",
          "1.5",
          "1e3",
          "1e400",
          "123456789012345678901234567890",
          "true",
          "false",
          "null");

  @ParameterizedTest
  @ValueSource(strings = {"object", "array", "string", "integer", "number", "boolean", "null"})
  void aSchemaOfOneType_judgesAsTheSameSchemaWithAComment(String type)
      throws JsonProcessingException {
    var schema = JsonNodeFactory.instance.objectNode().put("type", type);
    ValueRule bare = ValueRule.of(schema);
    ValueRule commented = ValueRule.of(schema.deepCopy().put("$comment", "validated"));
    for (String sent : VALUES) {
      JsonNode value = Json.MAPPER.readTree(sent);
      assertThat(bare.faults(value)).as(sent).isEqualTo(commented.faults(value));
    }
  }
}
