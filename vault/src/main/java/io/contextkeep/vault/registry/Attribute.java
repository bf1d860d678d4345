package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import java.time.Duration;
import java.util.Optional;

/**
 * A registered kind of context: what it is called, which facet and DPV data category it belongs to,
 * how sensitive it is, which values it takes (JSON Schema) and how long it is kept. A {@code VALUE}
 * has one current value; an {@code EVENT} is a list of things that happened.
 */
public record Attribute(
    String name,
    Kind kind,
    Facet facet,
    DataCategory category,
    String sensitivity,
    String schemaText,
    ValueRule rule,
    Duration retention,
    Optional<Analysable> analytics) {

  /** Whether a customer has one of it or many. */
  public enum Kind {
    VALUE,
    EVENT
  }

  /** Returns everything of the registration that a statistic can depend on. */
  public ObjectNode definition() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", kind.name())
            .put("category", category.curie())
            .put("retentionDays", retention.toDays());
    analytics.ifPresent(analysable -> json.set("analytics", analysable.json()));
    return json;
  }
}
