package io.contextkeep.vault.changes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A difference between two documents, with the operation's name of JSON Patch (RFC 6902). Lists of
 * texts are compared as sets, because their order has no meaning.
 *
 * @param path a JSON Pointer (RFC 6901)
 * @param before the value before; empty if there was none
 * @param after the value after; empty if there is none
 * @param item whether it is an item of the list at the path
 */
public record Difference(
    Op op, String path, Optional<JsonNode> before, Optional<JsonNode> after, boolean item) {

  private static final JsonNode NONE = MissingNode.getInstance();

  /** The operation. */
  public enum Op {
    ADD,
    REMOVE,
    REPLACE
  }

  /**
   * Returns the differences, in the order of the documents' members.
   *
   * @param before empty where the document is new
   */
  public static List<Difference> between(Optional<ObjectNode> before, ObjectNode after) {
    List<Difference> found = new ArrayList<>();
    objects("", before.<JsonNode>map(held -> held).orElse(NONE), after, found);
    return found;
  }

  /** Returns the names of the members that are not exactly alike in two documents. */
  public static Set<String> changedMembers(ObjectNode before, ObjectNode after) {
    Set<String> changed = members(before, after);
    changed.removeIf(name -> before.path(name).toString().equals(after.path(name).toString()));
    return changed;
  }

  private static Set<String> members(JsonNode before, JsonNode after) {
    Set<String> members = new LinkedHashSet<>();
    before.fieldNames().forEachRemaining(members::add);
    after.fieldNames().forEachRemaining(members::add);
    return members;
  }

  private static void objects(String path, JsonNode before, JsonNode after, List<Difference> to) {
    for (String member : members(before, after)) {
      String place = path + "/" + member.replace("~", "~0").replace("/", "~1");
      values(place, before.path(member), after.path(member), to);
    }
  }

  private static void values(String path, JsonNode before, JsonNode after, List<Difference> to) {
    if (before.isObject() && after.isObject()) {
      objects(path, before, after, to);
    } else if (areTexts(before) && areTexts(after)) {
      texts(path, before, after, to);
    } else if (before.isMissingNode()) {
      to.add(new Difference(Op.ADD, path, Optional.empty(), Optional.of(after), false));
    } else if (after.isMissingNode()) {
      to.add(new Difference(Op.REMOVE, path, Optional.of(before), Optional.empty(), false));
    } else if (!before.toString().equals(after.toString())) {
      to.add(new Difference(Op.REPLACE, path, Optional.of(before), Optional.of(after), false));
    }
  }

  private static boolean areTexts(JsonNode node) {
    for (JsonNode item : node) {
      if (!item.isTextual()) {
        return false;
      }
    }
    return node.isArray();
  }

  private static void texts(String path, JsonNode before, JsonNode after, List<Difference> to) {
    Set<JsonNode> held = new LinkedHashSet<>();
    before.forEach(held::add);
    Set<JsonNode> wanted = new LinkedHashSet<>();
    after.forEach(wanted::add);
    for (JsonNode item : held) {
      if (!wanted.contains(item)) {
        to.add(new Difference(Op.REMOVE, path, Optional.of(item), Optional.empty(), true));
      }
    }
    for (JsonNode item : wanted) {
      if (!held.contains(item)) {
        to.add(new Difference(Op.ADD, path, Optional.empty(), Optional.of(item), true));
      }
    }
  }

  /** Returns the difference as a sentence; it shows no values but items of lists. */
  public String says() {
    String place = path.substring(1).replace("/", " / ").replace("~1", "/").replace("~0", "~");
    return switch (op) {
      case ADD -> item ? "Adds " + text(after) + " to " + place : "Sets " + place;
      case REMOVE -> item ? "Takes " + text(before) + " out of " + place : "Removes " + place;
      case REPLACE -> "Replaces " + place;
    };
  }

  private static String text(Optional<JsonNode> value) {
    return value.map(JsonNode::asText).orElse("");
  }
}
