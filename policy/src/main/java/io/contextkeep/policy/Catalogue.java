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
 * The part of a policy's data that is not rules: purposes with their basis, categories, masks and
 * times, what is broader than what, and what laws ask for. Its form is {@code
 * catalogue.schema.json}; its terms are those of DPV that this vault knows.
 */
public final class Catalogue {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final Schema FORM =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(resource(), InputFormat.JSON);

  /** What is told of a catalogue that has everything wrong. */
  private static final int MOST_FAULTS = 5;

  /** The words of the form itself, wherever they stand in it. */
  private static final Set<String> MEMBERS = members();

  private Catalogue() {}

  /** The catalogue in a bundle's data; an empty one where there is none. */
  public static ObjectNode of(String bundleData) {
    try {
      return in(JSON.readTree(bundleData)) instanceof ObjectNode catalogue
          ? catalogue
          : JSON.createObjectNode();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A policy's data is JSON", e);
    }
  }

  /**
   * The purposes that are sale or sharing by one of the laws: a no to these is what a customer's
   * privacy signal says.
   */
  public static SortedSet<Purpose> optOut(String bundleData) {
    SortedSet<Purpose> purposes = new TreeSet<>();
    for (JsonNode law : of(bundleData).path("jurisdictions")) {
      law.path("opt_out")
          .forEach(purpose -> Purpose.parse(purpose.asText()).ifPresent(purposes::add));
    }
    return purposes;
  }

  /** Where it is in a bundle's data. */
  public static JsonNode in(JsonNode bundleData) {
    return bundleData.at("/contextkeep/catalogue");
  }

  /**
   * Why it is no catalogue: at most a few places, each with what is wrong there, never with a value
   * that stands there. Empty where it is one.
   */
  public static List<String> faults(JsonNode catalogue) {
    if (catalogue.isMissingNode()) {
      return List.of("there is none");
    }
    List<String> faults =
        FORM.validate(catalogue).stream()
            .map(error -> place(error.getInstanceLocation()) + " against " + error.getKeyword())
            .distinct()
            .limit(MOST_FAULTS)
            .toList();
    if (faults.isEmpty()) {
      faults = terms(catalogue);
    }
    return faults.isEmpty() ? Sense.faults(catalogue) : faults;
  }

  /** The way there, of words that are known: others are somebody's own and are not repeated. */
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

  /** Words of the right form that are no terms. */
  private static List<String> terms(JsonNode catalogue) {
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, JsonNode> purpose : catalogue.path("purposes").properties()) {
      JsonNode its = purpose.getValue();
      String basis = its.path("basis").asText();
      add(faults, Purpose.parse(purpose.getKey()).isEmpty(), "a purpose is no DPV term");
      add(faults, LegalBasis.parse(basis).isEmpty(), "a purpose's basis is no DPV term");
      add(faults, !isOfALaw(catalogue, basis), "a purpose's basis is of no jurisdiction");
      its.path("categories").forEach(category -> categories(faults, category.asText()));
      its.path("masks").properties().forEach(mask -> categories(faults, mask.getKey()));
    }
    for (Map.Entry<String, JsonNode> narrower : catalogue.path("ancestors").properties()) {
      add(faults, Purpose.parse(narrower.getKey()).isEmpty(), "an ancestor's purpose is no term");
      for (JsonNode broader : narrower.getValue()) {
        add(faults, Purpose.parse(broader.asText()).isEmpty(), "an ancestor is no DPV term");
      }
    }
    for (JsonNode law : catalogue.path("jurisdictions")) {
      law.path("bases")
          .properties()
          .forEach(
              basis ->
                  add(faults, LegalBasis.parse(basis.getKey()).isEmpty(), "a law's basis is none"));
      law.path("opt_out")
          .forEach(
              purpose ->
                  add(faults, Purpose.parse(purpose.asText()).isEmpty(), "an opt-out is of none"));
    }
    return faults.stream().distinct().limit(MOST_FAULTS).toList();
  }

  private static void categories(List<String> faults, String category) {
    add(faults, DataCategory.parse(category).isEmpty(), "a category is no DPV term");
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
      throw new IllegalStateException("The catalogue's schema is JSON", e);
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
