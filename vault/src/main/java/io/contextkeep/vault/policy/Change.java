package io.contextkeep.vault.policy;

import io.contextkeep.policy.PolicyIdentity;
import java.time.Instant;
import java.util.Optional;

/**
 * Another catalogue for the policy in force, asked for by an operator.
 *
 * @param catalogue the whole one, as JSON
 * @param revision what the policy is called with it
 * @param of the policy that it was made of, and that it can take the place of
 * @param bundle the bundle under it, to which it returns when it is gone
 * @param proposer who asked, as the log calls them
 * @param decider who approved or withdrew it
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

  /** How far it has come. */
  public enum State {
    PROPOSED,
    APPLIED,
    WITHDRAWN,
    /** Nobody approved it while that was possible. */
    EXPIRED,
    /** Another change, or another bundle, has taken its place. */
    SUPERSEDED
  }
}
