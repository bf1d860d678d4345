package io.contextkeep.vault.simulation;

import io.contextkeep.policy.PolicyIdentity;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * What would become of the recorded decisions of a period.
 *
 * @param inForce the policy that decides now
 * @param candidate the one that would; the same where a fact is changed and not the policy
 * @param decisions how many the period has
 * @param unchanged how many of them would stay as they are
 * @param lost how many could not be asked again, and why
 * @param supposed what would flip of the questions that could have been asked: of every registered
 *     app, for each of its purposes, about all attributes, in every state of consent
 */
public record Replayed(
    PolicyIdentity inForce,
    PolicyIdentity candidate,
    long decisions,
    long unchanged,
    SortedMap<MissingReason, Long> lost,
    List<DecisionChanges> flips,
    List<DecisionChanges> supposed) {

  public Replayed {
    flips = List.copyOf(flips);
    supposed = List.copyOf(supposed);
  }

  /** Whether anything would leave that does not now, or under laxer terms. */
  public boolean newlyAllows() {
    return Stream.concat(flips.stream(), supposed.stream()).anyMatch(DecisionChanges::more);
  }

  /**
   * Whether everything was asked that is to be asked, but for decisions about nobody, which no
   * policy can allow.
   */
  public boolean complete() {
    return lost.keySet().stream().allMatch(why -> why == MissingReason.UNKNOWN_CUSTOMER);
  }
}
