package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Edits of documents whose shape is data. A JSON merge patch (RFC 7396): a member replaces another,
 * null removes it.
 */
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

  /**
   * Returns the document that replaces the one that is held.
   *
   * @param optional the members that stay as they are where they were not sent; null removes them
   */
  public static ObjectNode replaced(
      Optional<ObjectNode> held, ObjectNode sent, Set<String> optional) {
    ObjectNode wanted = sent.deepCopy();
    for (String name : optional) {
      if (sent.path(name).isNull()) {
        wanted.remove(name);
      } else if (!sent.has(name)) {
        held.flatMap(document -> document.optional(name))
            .ifPresent(value -> wanted.set(name, value));
      }
    }
    return wanted;
  }

  /** Returns the document with other names in one of its members, if that is an object. */
  public static ObjectNode renamed(
      ObjectNode document, String member, UnaryOperator<String> otherName) {
    ObjectNode result = document.deepCopy();
    if (document.get(member) instanceof ObjectNode held) {
      ObjectNode renamed = result.putObject(member);
      held.properties().forEach(one -> renamed.set(otherName.apply(one.getKey()), one.getValue()));
    }
    return result;
  }
}
