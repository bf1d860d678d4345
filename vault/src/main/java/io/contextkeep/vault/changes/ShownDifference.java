package io.contextkeep.vault.changes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** A difference between two documents as operators see it. */
public record ShownDifference(
    Difference.Op op,
    String path,
    String says,
    Optional<JsonNode> before,
    Optional<JsonNode> after) {

  /** Returns the differences of a document from the one before, if there was one. */
  public static List<ShownDifference> between(Optional<ObjectNode> before, ObjectNode after) {
    return Difference.between(before, after).stream().map(ShownDifference::of).toList();
  }

  private static ShownDifference of(Difference difference) {
    return new ShownDifference(
        difference.op(),
        difference.path(),
        difference.says(),
        difference.before(),
        difference.after());
  }
}
