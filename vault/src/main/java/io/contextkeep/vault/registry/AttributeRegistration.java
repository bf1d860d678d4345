package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The registrations of attributes. */
final class AttributeRegistration implements Registration {
  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final Set<String> SENSITIVITIES = Set.of("low", "medium", "high");

  private final Registry registry;
  private final InstantSource clock;

  AttributeRegistration(Registry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  @Override
  public String path() {
    return "/v1/attributes/:name";
  }

  @Override
  public Routes.Guarded readers(Routes routes) {
    return routes.asAnybodyKnown();
  }

  @Override
  public Change.Kind kind() {
    return Change.Kind.ATTRIBUTE;
  }

  @Override
  public String target(Request request) {
    return Parameters.named(request, "name", NAME);
  }

  @Override
  public Set<String> optional() {
    return Set.of("analytics");
  }

  @Override
  public Optional<ObjectNode> current(Connection c, String name) {
    return registry.attribute(name).map(AttributeRegistration::document);
  }

  @Override
  public ObjectNode checked(String name, ObjectNode document) {
    Attribute attribute = attribute(name, document);
    registry
        .attribute(name)
        .filter(held -> held.kind() != attribute.kind())
        .ifPresent(
            _ -> {
              throw new Problem(409, "kind_is_fixed", "An attribute's kind cannot be changed");
            });
    return document(attribute);
  }

  /** A shorter retention deletes, so that two people take it too. */
  @Override
  public boolean narrows(ObjectNode before, ObjectNode after) {
    ObjectNode kept = before.deepCopy();
    if (!after.has("analytics")) {
      kept.remove("analytics");
    }
    return kept.toString().equals(after.toString());
  }

  @Override
  public void put(Connection c, String name, ObjectNode document, Actor actor) throws SQLException {
    registry.put(c, attribute(name, document));
    Registrations.add(
        c,
        Registrations.Kind.ATTRIBUTE,
        name,
        shown(name, document).toString(),
        clock.instant(),
        actor);
  }

  @Override
  public void applied() {
    registry.refresh();
  }

  @Override
  public ObjectNode shown(String name, ObjectNode document) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("name", name);
    json.setAll(document);
    DataCategory.parse(document.path("category").asText())
        .ifPresent(category -> json.put("special", category.isSpecial()));
    return json;
  }

  private static Attribute attribute(String name, ObjectNode document) {
    Json.only(
        document,
        Set.of("kind", "facet", "category", "sensitivity", "schema", "retentionDays", "analytics"));
    String sensitivity = Json.text(document, "sensitivity", 10);
    if (!SENSITIVITIES.contains(sensitivity)) {
      throw Problem.badRequest("invalid_field", "The field 'sensitivity' is low, medium or high");
    }
    JsonNode schema = document.path("schema");
    JsonNode days = document.path("retentionDays");
    if (!days.canConvertToExactIntegral()
        || !days.canConvertToInt()
        || days.intValue() < 1
        || days.intValue() > 36_500) {
      throw Problem.badRequest("invalid_field", "The field 'retentionDays' is 1 to 36500");
    }
    Attribute.Kind kind = kind(Json.text(document, "kind", 10));
    return new Attribute(
        name,
        kind,
        facet(Json.text(document, "facet", 20)),
        DataCategory.parse(Json.text(document, "category", 200))
            .orElseThrow(
                () -> Problem.badRequest("unknown_category", "The category is no DPV 2.3 term")),
        sensitivity,
        schema.toString(),
        ValueSchema.compiled(schema),
        Duration.ofDays(days.intValue()),
        analytics(document.path("analytics"), kind));
  }

  private static ObjectNode document(Attribute attribute) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("kind", attribute.kind().name().toLowerCase(Locale.ROOT))
            .put("facet", attribute.facet().code())
            .put("category", attribute.category().curie())
            .put("sensitivity", attribute.sensitivity());
    json.set("schema", Json.object(attribute.schemaText().getBytes(StandardCharsets.UTF_8)));
    json.put("retentionDays", attribute.retention().toDays());
    attribute.analytics().ifPresent(analytics -> json.set("analytics", analytics.json()));
    return json;
  }

  private static Optional<Analysable> analytics(JsonNode node, Attribute.Kind kind) {
    try {
      return node.isMissingNode()
          ? Optional.empty()
          : Optional.of(Analysable.parse(node, kind == Attribute.Kind.EVENT));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw Problem.badRequest("invalid_field", "The field 'analytics': " + e.getMessage());
    }
  }

  private static Attribute.Kind kind(String code) {
    return switch (code) {
      case "value" -> Attribute.Kind.VALUE;
      case "event" -> Attribute.Kind.EVENT;
      default -> throw Problem.badRequest("invalid_field", "The field 'kind' is value or event");
    };
  }

  static Facet facet(String code) {
    return Facet.parse(code)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_facet",
                    "Facets are " + List.of(Facet.values()).stream().map(Facet::code).toList()));
  }
}
