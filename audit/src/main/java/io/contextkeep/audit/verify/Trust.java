package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TrustPolicy;
import java.util.List;
import java.util.Optional;

/**
 * A verifier's prior knowledge of a log. Without a key, a log that is whole in itself may still be
 * another than the one that was meant.
 *
 * @param keys the log's keys, any of which must have signed
 * @param policy the policy for the newest checkpoint
 * @param seen a checkpoint seen before, which the log must continue
 */
public record Trust(List<VerifierKey> keys, Optional<TrustPolicy> policy, Optional<String> seen) {
  /** No prior knowledge. */
  public static final Trust NOTHING = new Trust(List.of(), Optional.empty(), Optional.empty());

  public Trust {
    keys = List.copyOf(keys);
  }
}
