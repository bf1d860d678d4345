package io.contextkeep.vault.changes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** A difference between two documents as operators see it. */
record ShownDifference(
    Difference.Op op,
    String path,
    String says,
    Optional<JsonNode> before,
    Optional<JsonNode> after) {

  static ShownDifference of(Difference difference) {
    return new ShownDifference(
        difference.op(),
        difference.path(),
        difference.says(),
        difference.before(),
        difference.after());
  }
}
