package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The encoding of JSON values that does not depend on the order of an object's members. */
final class CanonicalJson {
  private CanonicalJson() {}

  public static byte[] bytes(JsonNode value) {
    return sorted(value).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode sorted(JsonNode value) {
    if (value.isObject()) {
      TreeMap<String, JsonNode> members = new TreeMap<>();
      for (Map.Entry<String, JsonNode> member : value.properties()) {
        members.put(member.getKey(), sorted(member.getValue()));
      }
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.setAll(members);
      return object;
    }
    if (value.isArray()) {
      var array = JsonNodeFactory.instance.arrayNode();
      value.forEach(item -> array.add(sorted(item)));
      return array;
    }
    return value;
  }
}
