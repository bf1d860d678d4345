package io.contextkeep.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What no schema can say of a catalogue: whether its parts agree, so that each purpose has a
 * decision that the gate understands.
 */
final class Sense {
  private static final int MOST_FAULTS = 5;

  private final JsonNode catalogue;
  private final List<String> faults = new ArrayList<>();

  private Sense(JsonNode catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * Returns what is contradictory, at most a few places.
   *
   * @param catalogue of the right form, with terms that are known
   */
  static List<String> faults(JsonNode catalogue) {
    Sense sense = new Sense(catalogue);
    sense.numbers(catalogue);
    sense.hierarchy();
    for (Map.Entry<String, JsonNode> purpose : catalogue.path("purposes").properties()) {
      sense.purpose("/purposes/" + purpose.getKey(), purpose.getValue());
    }
    return sense.faults.stream().distinct().limit(MOST_FAULTS).toList();
  }

  /** A schema takes 18.0 for an integer; rules and the gate do not. */
  private void numbers(JsonNode node) {
    if (node.isNumber() && !(node.isIntegralNumber() && node.canConvertToLong())) {
      faults.add("a number is not written as a whole number of 64 bits, such as 18");
    }
    node.forEach(this::numbers);
  }

  /**
   * The rules look up all broader purposes at once, so each list is complete and none leads back.
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
