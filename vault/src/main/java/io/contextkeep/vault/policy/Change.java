package io.contextkeep.vault.policy;

import io.contextkeep.policy.PolicyIdentity;
import java.time.Instant;
import java.util.Optional;

/**
 * A change of the policy's catalogue, proposed by an operator.
 *
 * @param catalogue the whole new catalogue, as JSON
 * @param revision the revision of the policy with the change
 * @param of the revision of the changed policy, the only one that the change can replace
 * @param bundle the bundle that the change is applied to
 * @param proposer the pseudonym of the proposer
 * @param decider the pseudonym of the operator who approved or withdrew it
 */
public record Change(
    long id,
    State state,
    String reason,
    String catalogue,
    String revision,
    String dataDigest,
    PolicyIdentity of,
    PolicyIdentity bundle,
    String proposer,
    Instant proposed,
    Optional<String> decider,
    Optional<Instant> decided) {

  /** The state of a change. */
  public enum State {
    PROPOSED,
    APPLIED,
    WITHDRAWN,
    /** The change was not approved in time. */
    EXPIRED,
    /** Another change or another bundle has replaced it. */
    SUPERSEDED
  }
}
