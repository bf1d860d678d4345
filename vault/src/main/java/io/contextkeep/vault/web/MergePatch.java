package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** A JSON merge patch (RFC 7396): its members take the place of others, null takes them away. */
public final class MergePatch {

  private MergePatch() {}

  public static ObjectNode applied(ObjectNode target, ObjectNode patch) {
    ObjectNode result = target.deepCopy();
    for (Map.Entry<String, JsonNode> member : patch.properties()) {
      String name = member.getKey();
      switch (member.getValue()) {
        case ObjectNode deeper -> {
          JsonNode held = result.path(name);
          ObjectNode under = held instanceof ObjectNode object ? object : result.objectNode();
          result.set(name, applied(under, deeper));
        }
        case JsonNode none when none.isNull() -> result.remove(name);
        case JsonNode value -> result.set(name, value);
      }
    }
    return result;
  }
}
