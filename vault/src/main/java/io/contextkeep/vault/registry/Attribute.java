package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.web.Json;
import java.time.Duration;
import java.util.Optional;

/**
 * A registered attribute of customers: its name, facet, DPV data category, sensitivity, JSON Schema
 * and retention. A {@code VALUE} has one current value; an {@code EVENT} is a list of events.
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

  /** The kind of an attribute: one value for a customer, or many events. */
  public enum Kind {
    VALUE,
    EVENT
  }

  /** The parts of a registration that a statistic can depend on. */
  private record Definition(
      String kind,
      DataCategory category,
      long retentionDays,
      Optional<AnalysableDocument> analytics) {}

  /** Returns the parts of the registration that a statistic can depend on, as they are hashed. */
  public ObjectNode definition() {
    return Json.tree(
        new Definition(
            kind.name(), category, retention.toDays(), analytics.map(AnalysableDocument::of)));
  }
}
