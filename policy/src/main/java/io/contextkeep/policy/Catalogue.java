package io.contextkeep.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The catalogue in a policy's data: the purposes with their bases, categories, masks and time
 * limits, the hierarchy of purposes, and the requirements of jurisdictions. Its schema is {@code
 * catalogue.schema.json}; its terms are those of DPV in this vault.
 */
public final class Catalogue {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** The most faults that are reported. */
  private static final int MAX_FAULTS = 5;

  /** The names of members in the schema. */
  private static final Set<String> MEMBERS = members();

  /** Its schema. It is loaded when a catalogue is checked first, which most starts never do. */
  private static final class Rules {
    static final Schema SCHEMA =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(resource(), InputFormat.JSON);

    private Rules() {}
  }

  private Catalogue() {}

  /** Returns the catalogue in a bundle's data, or an empty one. */
  public static ObjectNode of(String bundleData) {
    try {
      return in(JSON.readTree(bundleData)) instanceof ObjectNode catalogue
          ? catalogue
          : JSON.createObjectNode();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The policy's data is not JSON", e);
    }
  }

  /**
   * Returns the purposes that are sale or sharing in any of the jurisdictions. Customers opt out of
   * these by privacy signals.
   */
  public static SortedSet<Purpose> optOut(String bundleData) {
    SortedSet<Purpose> purposes = new TreeSet<>();
    for (JsonNode law : of(bundleData).path("jurisdictions")) {
      law.path("opt_out")
          .forEach(purpose -> Purpose.parse(purpose.asText()).ifPresent(purposes::add));
    }
    return purposes;
  }

  /** Returns the catalogue node in a bundle's data. */
  public static JsonNode in(JsonNode bundleData) {
    return bundleData.at("/contextkeep/catalogue");
  }

  /**
   * Returns the faults of a catalogue: a few places and what is wrong there, without values. An
   * empty list means that it is valid.
   */
  public static List<String> faults(JsonNode catalogue) {
    if (catalogue.isMissingNode()) {
      return List.of("the catalogue is missing");
    }
    List<String> faults =
        Rules.SCHEMA.validate(catalogue).stream()
            .map(error -> place(error.getInstanceLocation()) + " against " + error.getKeyword())
            .distinct()
            .limit(MAX_FAULTS)
            .toList();
    if (faults.isEmpty()) {
      faults = terms(catalogue);
    }
    return faults.isEmpty() ? Sense.faults(catalogue) : faults;
  }

  /** Returns the path of a fault; names that are not part of the vocabulary are hidden. */
  private static String place(Object location) {
    return location.toString().transform(way -> List.of(way.split("/", -1))).stream()
        .map(step -> isKnown(step) ? step : "?")
        .collect(Collectors.joining("/"));
  }

  private static boolean isKnown(String step) {
    return MEMBERS.contains(step)
        || step.matches("\\d{0,6}")
        || Purpose.parse(step).isPresent()
        || DataCategory.parse(step).isPresent();
  }

  /** Finds terms that DPV does not have. */
  private static List<String> terms(JsonNode catalogue) {
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, JsonNode> purpose : catalogue.path("purposes").properties()) {
      JsonNode its = purpose.getValue();
      String basis = its.path("basis").asText();
      add(faults, Purpose.parse(purpose.getKey()).isEmpty(), "a purpose is not a DPV term");
      add(faults, LegalBasis.parse(basis).isEmpty(), "the basis of a purpose is not a DPV term");
      add(faults, !isOfALaw(catalogue, basis), "the basis of a purpose belongs to no jurisdiction");
      its.path("categories").forEach(category -> categories(faults, category.asText()));
      its.path("masks").properties().forEach(mask -> categories(faults, mask.getKey()));
    }
    for (Map.Entry<String, JsonNode> narrower : catalogue.path("ancestors").properties()) {
      add(
          faults,
          Purpose.parse(narrower.getKey()).isEmpty(),
          "a purpose with ancestors is not a DPV term");
      for (JsonNode broader : narrower.getValue()) {
        add(faults, Purpose.parse(broader.asText()).isEmpty(), "an ancestor is not a DPV term");
      }
    }
    for (JsonNode law : catalogue.path("jurisdictions")) {
      law.path("bases")
          .properties()
          .forEach(
              basis ->
                  add(
                      faults,
                      LegalBasis.parse(basis.getKey()).isEmpty(),
                      "the basis of a jurisdiction is not a DPV term"));
      law.path("opt_out")
          .forEach(
              purpose ->
                  add(
                      faults,
                      Purpose.parse(purpose.asText()).isEmpty(),
                      "an opt-out is not a DPV purpose"));
    }
    return faults.stream().distinct().limit(MAX_FAULTS).toList();
  }

  private static void categories(List<String> faults, String category) {
    add(faults, DataCategory.parse(category).isEmpty(), "a category is not a DPV term");
  }

  private static boolean isOfALaw(JsonNode catalogue, String basis) {
    JsonNode laws = catalogue.path("jurisdictions");
    for (JsonNode law : laws) {
      if (law.path("bases").has(basis)) {
        return true;
      }
    }
    return laws.isMissingNode();
  }

  private static void add(List<String> faults, boolean holds, String fault) {
    if (holds) {
      faults.add(fault);
    }
  }

  private static Set<String> members() {
    try {
      Set<String> members = new TreeSet<>();
      collect(JSON.readTree(resource()), members);
      return members;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The catalogue's schema is not JSON", e);
    }
  }

  private static void collect(JsonNode form, Set<String> members) {
    form.path("properties").fieldNames().forEachRemaining(members::add);
    form.forEach(part -> collect(part, members));
  }

  private static String resource() {
    try (InputStream in =
        Objects.requireNonNull(Catalogue.class.getResourceAsStream("catalogue.schema.json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The catalogue's schema cannot be read", e);
    }
  }
}
