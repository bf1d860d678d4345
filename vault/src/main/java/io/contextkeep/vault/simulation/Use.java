package io.contextkeep.vault.simulation;

import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.Reason;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** An outcome on the wire: whether a use is allowed, and how each attribute is released. */
record Use(String decision, List<String> reasons, List<Treatment> attributes) {

  /**
   * @param mask the mask of a masked attribute
   * @param reason why an attribute is withheld
   */
  record Treatment(
      String attribute, Outcome.How release, Optional<String> mask, Optional<Reason> reason) {

    private static Treatment of(String attribute, Outcome.Treatment treatment) {
      return new Treatment(
          attribute,
          treatment.how(),
          Optional.of(treatment.code()).filter(_ -> treatment.how() == Outcome.How.MASKED),
          Optional.of(treatment.code())
              .filter(_ -> treatment.how() == Outcome.How.WITHHELD)
              .map(Reason::of));
    }
  }

  static Use of(Outcome outcome) {
    return of(outcome, outcome.treatments());
  }

  /** Returns an outcome with only those attributes that are released otherwise than before. */
  static Use changed(Outcome before, Outcome after) {
    SortedMap<String, Outcome.Treatment> changed = new TreeMap<>(after.treatments());
    changed
        .entrySet()
        .removeIf(one -> one.getValue().equals(before.treatments().get(one.getKey())));
    return of(after, changed);
  }

  private static Use of(Outcome outcome, SortedMap<String, Outcome.Treatment> treatments) {
    return new Use(decision(outcome), outcome.reasons(), treatments(treatments));
  }

  static List<Treatment> treatments(SortedMap<String, Outcome.Treatment> treatments) {
    return treatments.entrySet().stream()
        .map(one -> Treatment.of(one.getKey(), one.getValue()))
        .toList();
  }

  /** Returns the outcome as the log names it. */
  static String decision(Outcome outcome) {
    return outcome.allows() ? "permit" : "refuse";
  }
}
