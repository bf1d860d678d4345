package io.contextkeep.vault.portability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.lineage.Origin;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The data held about one customer, or as much as fits into one answer, before it is written as
 * JSON-LD or CSV. Its {@code toString} shows no data.
 *
 * @param id the id of the request
 * @param items the values and events
 * @param moreAccesses the URL of older accesses
 * @param next the URL of the rest of the events
 */
record Export(
    String id,
    Instant at,
    List<Identifier> identifiers,
    List<Item> items,
    boolean restricted,
    List<ConsentLedger.Objection> objections,
    List<ConsentEvent> consents,
    List<ObjectNode> accesses,
    Optional<String> moreAccesses,
    Optional<String> next) {

  /** An identifier of the customer. */
  record Identifier(String kind, String value) {
    @Override
    public String toString() {
      return kind + ":redacted";
    }
  }

  /**
   * A value or event with its origin.
   *
   * @param sourceName the readable name of the source
   */
  record Item(
      String name,
      boolean isEvent,
      JsonNode value,
      String facet,
      String category,
      String observed,
      String source,
      String sourceName,
      String batch,
      Origin origin) {

    @Override
    public String toString() {
      return "Item[" + name + ", redacted]";
    }
  }

  static List<Identifier> identifiers(ObjectNode disclosed) {
    List<Identifier> identifiers = new ArrayList<>();
    for (JsonNode one : disclosed.path("identifiers")) {
      identifiers.add(new Identifier(one.path("kind").asText(), one.path("value").asText()));
    }
    return identifiers;
  }

  static List<Item> items(
      ObjectNode disclosed, Registry registry, Map<String, Derived.Kind> derived) {
    List<Item> items = new ArrayList<>();
    for (Map.Entry<String, JsonNode> held : disclosed.path("values").properties()) {
      if (held.getValue().isArray()) {
        held.getValue()
            .forEach(event -> items.add(item(held.getKey(), event, registry, Optional.empty())));
      } else {
        Optional<Derived.Kind> kind = Optional.ofNullable(derived.get(held.getKey()));
        items.add(item(held.getKey(), held.getValue(), registry, kind));
        held.getValue()
            .path("sourceSays")
            .forEach(said -> items.add(item(held.getKey(), said, registry, Optional.empty())));
      }
    }
    return items;
  }

  private static Item item(
      String name, JsonNode held, Registry registry, Optional<Derived.Kind> derived) {
    var attribute = registry.attribute(name).orElseThrow();
    String source = held.path("source").asText();
    return new Item(
        name,
        attribute.kind() == Attribute.Kind.EVENT,
        held.path("value"),
        attribute.facet().code(),
        attribute.category().curie(),
        held.path("observed").asText(),
        source,
        registry.app(source).map(app -> app.name()).orElse(source),
        held.path("batch").asText(),
        Origin.of(source, derived));
  }

  @Override
  public String toString() {
    return "Export[" + id + ", redacted]";
  }
}
