package io.contextkeep.vault.policy;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.Catalogue;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The policy that decides.
 *
 * @param bundle what was loaded, without what operators have changed
 * @param source where that came from: a coded word
 * @param change the operators' change that is applied
 * @param policy what decides: the bundle, with the change if there is one
 */
public record ActivePolicy(
    Bundle bundle, String source, Optional<Long> change, Bundle policy, Instant since) {

  /** The purposes that are sale or sharing by one of its laws. */
  Set<Purpose> saleOrSharing() {
    return Catalogue.optOut(policy.data());
  }
}
