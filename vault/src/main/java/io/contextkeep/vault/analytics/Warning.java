package io.contextkeep.vault.analytics;

import io.contextkeep.policy.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A warning of an estimate: why a question would be refused, or why its answer would say little.
 *
 * @param reasons the policy's reasons
 * @param attribute an attribute that the policy masks, with its category and its mask
 */
record Warning(
    String code,
    String detail,
    Optional<List<String>> reasons,
    Optional<String> attribute,
    Optional<String> category,
    Optional<String> mask) {

  /** A number of customers below which no population is worth a statistic. */
  private static final int FEW = 10;

  /**
   * The multiple of the customers needed at which noise is a tenth of the possible range of the
   * answer.
   */
  private static final int CLEARLY = 10;

  private Warning(String code, String detail) {
    this(code, detail, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Returns the reasons of a refusal, and each attribute that is masked. */
  static List<Warning> refused(Plan plan, Refusal refusal) {
    List<Warning> warnings = new ArrayList<>();
    warnings.add(
        new Warning(
            "not_permitted",
            "The policy would refuse the question, for the reasons given",
            Optional.of(refusal.reasons()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    for (Outcome.Masked masked : Outcome.Masked.of(plan.query(), refusal)) {
      warnings.add(
          new Warning(
              "attribute_masked",
              "For this purpose the policy masks the attribute, so no customer would be counted;"
                  + " ask for a purpose that shows it in clear",
              Optional.empty(),
              Optional.of(masked.attribute()),
              Optional.of(masked.category()),
              Optional.of(masked.mask())));
    }
    return warnings;
  }

  /**
   * Returns a warning if noise hides much of an answer.
   *
   * @param counted the number of customers by a release, which is no secret; empty where none has
   *     counted the population yet
   */
  static Optional<Warning> size(long needed, OptionalLong counted) {
    if (counted.isEmpty()) {
      return needed <= FEW
          ? Optional.empty()
          : Optional.of(
              new Warning(
                  "population_unknown",
                  "With fewer than 'customersNeeded' customers the answer is meaningless, and no"
                      + " count of this population was released yet; ask for a count first"));
    }
    if (counted.getAsLong() < needed) {
      return Optional.of(
          new Warning(
              "noise_larger_than_range",
              "By the newest released count there are fewer customers than 'customersNeeded': the"
                  + " interval would be wider than the possible range of the answer; ask for a more"
                  + " exact answer or a larger population"));
    }
    return counted.getAsLong() >= CLEARLY * needed
        ? Optional.empty()
        : Optional.of(
            new Warning(
                "population_small",
                "By the newest released count the interval would cover more than a tenth of the"
                    + " possible range of the answer; ask for a more exact answer"));
  }
}
