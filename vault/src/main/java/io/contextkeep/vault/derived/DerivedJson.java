package io.contextkeep.vault.derived;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a line says that its value was worked out. */
public final class DerivedJson {
  private static final int MOST_INPUTS = 16;
  private static final int MOST_PURPOSES = 8;
  private static final Map<String, Derived.Kind> KINDS =
      Map.of("derived", Derived.Kind.DERIVED, "inferred", Derived.Kind.INFERRED);

  private DerivedJson() {}

  /** Reads the member {@code derived} of a line; empty where it has none. */
  public static Optional<Derived> parse(JsonNode line, Attribute attribute, Registry registry) {
    JsonNode json = line.path("derived");
    if (json.isMissingNode()) {
      return Optional.empty();
    }
    if (!json.isObject() || attribute.kind() == Attribute.Kind.EVENT) {
      throw invalid("The field 'derived' is an object, and only of an 'attribute'");
    }
    Json.only(json, Set.of("from", "rule", "purpose", "kind"));
    String rule = Json.text(json, "rule", 40);
    if (!Derived.RULE.matcher(rule).matches()) {
      throw invalid("The field 'rule' is a coded name with a version, such as churn.v3");
    }
    Derived.Kind kind = KINDS.get(Json.text(json, "kind", 10));
    if (kind == null) {
      throw invalid("The field 'kind' is derived or inferred");
    }
    return Optional.of(new Derived(from(json, attribute, registry), rule, purposes(json), kind));
  }

  private static List<Attribute> from(JsonNode json, Attribute attribute, Registry registry) {
    List<String> names = Json.texts(json, "from", MOST_INPUTS);
    if (names.isEmpty() || names.contains(attribute.name())) {
      throw invalid("The field 'from' names what it was made from, and never itself");
    }
    List<Attribute> from = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      from.add(
          registry
              .attribute(name)
              .orElseThrow(
                  () ->
                      Problem.badRequest("unknown_attribute", "No such attribute is registered")));
    }
    return from;
  }

  /** One purpose, or several each of which alone would do. */
  private static List<Purpose> purposes(JsonNode json) {
    List<String> stated =
        json.path("purpose").isArray()
            ? Json.texts(json, "purpose", MOST_PURPOSES)
            : List.of(Json.text(json, "purpose", 200));
    if (stated.isEmpty()) {
      throw invalid("The field 'purpose' names at least one purpose");
    }
    return stated.stream()
        .map(
            text ->
                Purpose.parse(text)
                    .orElseThrow(() -> invalid("The field 'purpose' is no DPV 2.3 term")))
        .distinct()
        .toList();
  }

  private static Problem invalid(String detail) {
    return Problem.badRequest("invalid_field", detail);
  }
}
