package io.contextkeep.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The checks of a catalogue that no schema can express: whether its parts agree, so that each
 * purpose has a well-formed decision.
 */
final class Sense {
  private static final int MAX_FAULTS = 5;

  private final JsonNode catalogue;
  private final List<String> faults = new ArrayList<>();

  private Sense(JsonNode catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * Returns the contradictions, a few at most.
   *
   * @param catalogue a catalogue that fits the schema and has only known terms
   */
  static List<String> faults(JsonNode catalogue) {
    Sense sense = new Sense(catalogue);
    sense.numbers(catalogue);
    sense.hierarchy();
    for (Map.Entry<String, JsonNode> purpose : catalogue.path("purposes").properties()) {
      sense.purpose("/purposes/" + purpose.getKey(), purpose.getValue());
    }
    return sense.faults.stream().distinct().limit(MAX_FAULTS).toList();
  }

  /** Refuses 18.0, which a schema takes for an integer but rules and the gate do not. */
  private void numbers(JsonNode node) {
    if (node.isNumber() && !(node.isIntegralNumber() && node.canConvertToLong())) {
      faults.add("a number is not written as a whole number of 64 bits, such as 18");
    }
    node.forEach(this::numbers);
  }

  /**
   * Checks that each list of broader purposes is complete and without cycles, as rules look up all
   * broader purposes at once.
   */
  private void hierarchy() {
    JsonNode ancestors = catalogue.path("ancestors");
    for (Map.Entry<String, JsonNode> narrower : ancestors.properties()) {
      TreeSet<String> broader = new TreeSet<>();
      narrower.getValue().forEach(purpose -> broader.add(purpose.asText()));
      String place = "/ancestors/" + narrower.getKey();
      if (broader.contains(narrower.getKey())) {
        faults.add(place + ": a purpose is broader than itself");
      }
      for (String one : broader) {
        for (JsonNode beyond : ancestors.path(one)) {
          if (beyond.asText().equals(narrower.getKey())) {
            faults.add(place + ": two purposes are each broader than the other");
          } else if (!broader.contains(beyond.asText())) {
            faults.add(place + ": what is broader than a broader purpose is missing");
          }
        }
      }
    }
  }

  private void purpose(String place, JsonNode terms) {
    for (Map.Entry<String, JsonNode> mask : terms.path("masks").properties()) {
      if (mask.getValue().has("edges") && !areEdges(mask.getValue().path("edges"))) {
        faults.add(
            place
                + "/masks/"
                + mask.getKey()
                + "/edges: edges ascend, each by more than one, as whole numbers of 64 bits");
      }
    }
    JsonNode caps = terms.path("caps");
    if (caps.has("customers")
        && caps.has("reads_per_hour")
        && caps.get("customers").longValue() > caps.get("reads_per_hour").longValue()) {
      faults.add(place + "/caps: one request may have no more customers than an hour has reads");
    }
    if (terms.path("assurance").longValue() > strongest()) {
      faults.add(place + "/assurance: no acr or amr value is as strong");
    }
  }

  private static boolean areEdges(JsonNode list) {
    List<Long> edges = new ArrayList<>();
    for (JsonNode edge : list) {
      if (!edge.isIntegralNumber() || !edge.canConvertToLong()) {
        return false;
      }
      edges.add(edge.longValue());
    }
    try {
      new Release.Masked(Mask.BUCKET, edges);
      return true;
    } catch (IllegalArgumentException unusable) {
      return false;
    }
  }

  private long strongest() {
    long strongest = 0;
    for (String claim : List.of("acr", "amr")) {
      for (JsonNode strength : catalogue.path("assurance").path(claim)) {
        strongest = Math.max(strongest, strength.longValue());
      }
    }
    return strongest;
  }
}
