package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.analytics.query.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What an estimate warns of: why a question would be refused, or say little, before it costs. */
final class Warnings {
  /** Any population worth a statistic is larger. */
  private static final int FEW = 10;

  /** With so many times the customers needed, noise is a tenth of what the answer could be. */
  private static final int CLEARLY = 10;

  private Warnings() {}

  /** The reasons of the policy, and which attribute is behind which mask. */
  static List<ObjectNode> refused(Plan plan, Refusal refusal) {
    List<ObjectNode> warnings = new ArrayList<>();
    ObjectNode no =
        warning("not_permitted", "The policy would refuse the question, for the reasons given");
    refusal.reasons().forEach(no.putArray("reasons")::add);
    warnings.add(no);
    for (Outcome.Masked masked : Outcome.Masked.of(plan.query(), refusal)) {
      warnings.add(
          warning(
                  "attribute_masked",
                  "For this purpose the policy shows the attribute only behind a mask, so nobody"
                      + " would be counted; ask for a purpose that shows it in clear")
              .put("attribute", masked.attribute())
              .put("category", masked.category())
              .put("mask", masked.mask()));
    }
    return warnings;
  }

  /**
   * What the noise leaves of an answer, if so many customers are counted.
   *
   * @param counted by a release, so it is no secret; empty where nobody has asked for a count yet
   */
  static Optional<ObjectNode> size(long needed, OptionalLong counted) {
    if (counted.isEmpty()) {
      return needed <= FEW
          ? Optional.empty()
          : Optional.of(
              warning(
                  "population_unknown",
                  "Below 'customersNeeded' customers the answer says nothing, and no count of this"
                      + " population was released yet; ask for a count first"));
    }
    if (counted.getAsLong() < needed) {
      return Optional.of(
          warning(
              "noise_larger_than_range",
              "By the newest released count there are fewer customers than 'customersNeeded': the"
                  + " interval would be wider than all that the answer could be; ask for a more"
                  + " exact answer or a larger population"));
    }
    return counted.getAsLong() >= CLEARLY * needed
        ? Optional.empty()
        : Optional.of(
            warning(
                "population_small",
                "By the newest released count the interval would cover more than a tenth of all"
                    + " that the answer could be; ask for a more exact answer"));
  }

  private static ObjectNode warning(String code, String detail) {
    return JsonNodeFactory.instance.objectNode().put("code", code).put("detail", detail);
  }
}
