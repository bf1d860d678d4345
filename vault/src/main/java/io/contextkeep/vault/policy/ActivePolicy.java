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
 * @param bundle the bundle as it was loaded
 * @param source the code of the bundle's source
 * @param change the number of the operators' change that is applied
 * @param policy the bundle with the change
 * @param allowed what it allows for each purpose
 */
public record ActivePolicy(
    Bundle bundle,
    String source,
    Optional<Long> change,
    Bundle policy,
    Instant since,
    AllowedProcessing allowed) {

  ActivePolicy(Bundle bundle, String source, Optional<Long> change, Bundle policy, Instant since) {
    this(bundle, source, change, policy, since, new AllowedProcessing(policy));
  }

  /** Returns the purposes that are sale or sharing by one of its laws. */
  Set<Purpose> saleOrSharing() {
    return Catalogue.optOut(policy.data());
  }
}
