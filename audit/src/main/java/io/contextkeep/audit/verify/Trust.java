package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TrustPolicy;
import java.util.List;
import java.util.Optional;

/**
 * What whoever checks a log knows of it beforehand. Without a key, a log that is whole in itself
 * may still be another than the one that was meant.
 *
 * @param keys of the log, any of which must have signed
 * @param policy which the newest checkpoint must satisfy
 * @param seen a checkpoint that was seen before, which the log must still contain
 */
public record Trust(List<VerifierKey> keys, Optional<TrustPolicy> policy, Optional<String> seen) {
  /** Nothing is known. */
  public static final Trust NOTHING = new Trust(List.of(), Optional.empty(), Optional.empty());

  public Trust {
    keys = List.copyOf(keys);
  }
}
