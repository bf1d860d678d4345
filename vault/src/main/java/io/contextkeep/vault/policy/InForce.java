package io.contextkeep.vault.policy;

import io.contextkeep.policy.Bundle;
import java.time.Instant;
import java.util.Optional;

/**
 * The policy that decides.
 *
 * @param bundle what was loaded, without what operators have changed
 * @param source where that came from: a coded word
 * @param change the operators' change that is applied
 * @param policy what decides: the bundle, with the change if there is one
 */
public record InForce(
    Bundle bundle, String source, Optional<Long> change, Bundle policy, Instant since) {}
