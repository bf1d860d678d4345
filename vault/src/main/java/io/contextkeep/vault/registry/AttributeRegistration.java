package io.contextkeep.vault.registry;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.changes.Difference;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.web.BodyReader;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Members;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Range;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The registrations of attributes. */
final class AttributeRegistration implements Registration {
  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final BodyReader<Document> DOCUMENTS = BodyReader.of(Document.class);

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
  public Routes.Declared readers(Routes.Begun route) {
    return route.anyRole();
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
    return registry.attribute(name).map(Registered::of).map(Json::tree);
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
    return Json.tree(Registered.of(attribute));
  }

  /**
   * Returns whether the change only ends statistics about the attribute. A shorter retention
   * deletes values, so it needs a second operator.
   */
  @Override
  public boolean narrows(ObjectNode before, ObjectNode after) {
    return !after.has("analytics")
        && Difference.changedMembers(before, after).equals(Set.of("analytics"));
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
    return Json.tree(
        new Shown(
            name,
            Members.of(document),
            DataCategory.parse(document.path("category").asText()).map(DataCategory::isSpecial)));
  }

  /** An attribute as it is answered. */
  private record Shown(String name, @JsonUnwrapped Members registered, Optional<Boolean> special) {}

  /** An attribute as its registration is stored. */
  private record Registered(
      Attribute.Kind kind,
      Facet facet,
      DataCategory category,
      String sensitivity,
      JsonNode schema,
      long retentionDays,
      Optional<AnalysableDocument> analytics) {
    static Registered of(Attribute attribute) {
      return new Registered(
          attribute.kind(),
          attribute.facet(),
          attribute.category(),
          attribute.sensitivity(),
          Json.object(attribute.schemaText().getBytes(StandardCharsets.UTF_8)),
          attribute.retention().toDays(),
          attribute.analytics().map(AnalysableDocument::of));
    }
  }

  /**
   * An attribute as operators register it.
   *
   * @param retentionDays the days for which a value is kept
   */
  private record Document(
      Attribute.Kind kind,
      @Text(max = 20) String facet,
      @Text(max = 200) String category,
      @Text(max = 10, pattern = "low|medium|high", expected = "low, medium or high")
          String sensitivity,
      JsonNode schema,
      @Range(min = 1, max = 36_500) int retentionDays,
      Optional<JsonNode> analytics) {

    Attribute attribute(String name) {
      return new Attribute(
          name,
          kind,
          Facet.needed(facet),
          DataCategory.parse(category)
              .orElseThrow(
                  () ->
                      Problem.badRequest(
                          "unknown_category",
                          "The field 'category' must be a category of DPV 2.3, such as"
                              + " pd:EmailAddress")),
          sensitivity,
          schema.toString(),
          ValueSchema.compiled(schema),
          Duration.ofDays(retentionDays),
          analytics.map(this::analysable));
    }

    private Analysable analysable(JsonNode node) {
      try {
        return Analysable.parse(node, kind == Attribute.Kind.EVENT);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw Problem.badRequest("invalid_field", "The field 'analytics': " + e.getMessage());
      }
    }
  }

  private static Attribute attribute(String name, ObjectNode document) {
    return DOCUMENTS.read(document).attribute(name);
  }
}
