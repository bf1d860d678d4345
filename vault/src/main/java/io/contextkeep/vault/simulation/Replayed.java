package io.contextkeep.vault.simulation;

import io.contextkeep.policy.PolicyIdentity;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * The result of a replay.
 *
 * @param candidate the other policy; the same as the one in force if a fact is changed
 * @param decisions the number of decisions in the period
 * @param unchanged the number of decisions that stay the same
 * @param missing the number of decisions that could not be asked again, by reason
 * @param flips the recorded decisions that change
 * @param supposed the hypothetical decisions that change: of every registered app, for each of its
 *     purposes, about all attributes, in every situation
 */
record Replayed(
    PolicyIdentity inForce,
    PolicyIdentity candidate,
    long decisions,
    long unchanged,
    SortedMap<MissingReason, Long> missing,
    List<DecisionChanges> flips,
    List<DecisionChanges> supposed) {

  public Replayed {
    flips = List.copyOf(flips);
    supposed = List.copyOf(supposed);
  }

  /** Returns whether anything would be released that is not now, or on laxer terms. */
  public boolean newlyAllows() {
    return Stream.concat(flips.stream(), supposed.stream()).anyMatch(DecisionChanges::more);
  }

  /**
   * Returns whether every decision was asked again, except those about unknown customers, which no
   * policy can permit.
   */
  public boolean complete() {
    return missing.keySet().stream().allMatch(reason -> reason == MissingReason.UNKNOWN_CUSTOMER);
  }
}
