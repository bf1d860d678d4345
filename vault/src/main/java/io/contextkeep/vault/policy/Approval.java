package io.contextkeep.vault.policy;

import io.contextkeep.policy.Bundle;

/** Whether a change needs a second operator: the one place where that is decided. */
final class Approval {

  private Approval() {}

  /** Every change does: that a candidate allows nothing new would first have to be shown. */
  static boolean needed(Bundle inForce, Bundle candidate) {
    return !inForce.identity().equals(candidate.identity());
  }
}
