package io.contextkeep.vault.changes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One difference between two documents, named as JSON Patch (RFC 6902) names its operations. Lists
 * of texts are compared as sets: what operators list has no order.
 *
 * @param path a JSON Pointer (RFC 6901)
 * @param before empty where there was nothing
 * @param after empty where there is nothing any more
 * @param item whether it is one item of the list at the path
 */
public record Difference(
    Op op, String path, Optional<JsonNode> before, Optional<JsonNode> after, boolean item) {

  /** What happens at the place. */
  public enum Op {
    ADD,
    REMOVE,
    REPLACE
  }

  /** Returns what differs, in the order of the documents' members. */
  public static List<Difference> between(ObjectNode before, ObjectNode after) {
    List<Difference> found = new ArrayList<>();
    objects("", before, after, found);
    return found;
  }

  private static void objects(String path, JsonNode before, JsonNode after, List<Difference> to) {
    Set<String> members = new LinkedHashSet<>();
    before.fieldNames().forEachRemaining(members::add);
    after.fieldNames().forEachRemaining(members::add);
    for (String member : members) {
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

  /** Returns the difference as a sentence, which shows of values only items of lists. */
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
