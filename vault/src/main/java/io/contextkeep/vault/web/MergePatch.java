package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** JSON merge patches (RFC 7396): a member replaces the existing one, null removes it. */
public final class MergePatch {

  private MergePatch() {}

  /** Returns the target with the patch applied. */
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
