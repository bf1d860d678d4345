package io.contextkeep.vault.policy;

import java.time.Instant;
import java.util.Optional;

/**
 * A change of the policy's catalogue as operators see it.
 *
 * @param target the revision of the policy with the change
 * @param of the revision of the policy that was changed
 */
public record PolicyChange(
    long id,
    String kind,
    String target,
    Change.State state,
    String reason,
    String revision,
    String dataDigest,
    String of,
    String proposedBy,
    Instant proposed,
    Optional<String> decidedBy,
    Optional<Instant> decided) {

  /** Returns a change as it is shown. */
  public static PolicyChange of(Change change) {
    return new PolicyChange(
        change.id(),
        "policy",
        change.revision(),
        change.state(),
        change.reason(),
        change.revision(),
        change.dataDigest(),
        change.of().revision(),
        change.proposer(),
        change.proposed(),
        change.decider(),
        change.decided());
  }
}
