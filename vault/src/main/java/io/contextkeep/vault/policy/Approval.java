package io.contextkeep.vault.policy;

import io.contextkeep.policy.Bundle;

/** The rule that says whether a change needs a second operator. */
final class Approval {

  private Approval() {}

  /** Returns whether a candidate needs approval: always, unless it changes nothing. */
  static boolean needed(Bundle inForce, Bundle candidate) {
    return !inForce.identity().equals(candidate.identity());
  }
}
