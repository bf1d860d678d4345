package io.contextkeep.audit;

import io.contextkeep.audit.note.KeyType;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The keys that a log signs its checkpoints with. The log itself says from which entry on they are
 * in force, so that whoever holds the first ones can follow every change.
 *
 * @param origin the log's name for ever: where it is served, without the scheme
 * @param signer Ed25519: signs every checkpoint, in the transaction that makes it
 * @param cosigner ML-DSA-44: signs what is published, for readers who fear quantum computers
 * @param retiring the signer that was in force before: it signs the first checkpoint together with
 *     its successor, and what is published as long as it is given here
 */
public record LogKeys(
    String origin, SignerKey signer, SignerKey cosigner, List<SignerKey> retiring) {
  public LogKeys {
    retiring = retiring.stream().filter(key -> !key.verifier().equals(signer.verifier())).toList();
    if (Stream.concat(Stream.of(signer, cosigner), retiring.stream())
        .anyMatch(key -> !key.verifier().name().equals(origin))) {
      throw new IllegalArgumentException("A log's keys bear its origin as their name");
    }
    if (signer.verifier().type() != KeyType.ED25519
        || cosigner.verifier().type() != KeyType.ML_DSA_44_COSIGNATURE) {
      throw new IllegalArgumentException("A log signs with Ed25519 and cosigns with ML-DSA-44");
    }
  }

  /** Keys from two secret seeds of 32 bytes each. */
  public static LogKeys of(
      String origin, byte[] ed25519Seed, byte[] mlDsaSeed, InstantSource clock) {
    return new LogKeys(
        origin,
        SignerKey.ed25519(origin, ed25519Seed),
        SignerKey.mlDsa44Cosigner(origin, mlDsaSeed, clock),
        List.of());
  }

  /** These keys as the successors of others of the same log. */
  public LogKeys succeeding(LogKeys earlier) {
    return new LogKeys(origin, signer, cosigner, List.of(earlier.signer));
  }

  /** What the log's readers need to know. */
  public List<VerifierKey> verifiers() {
    return List.of(signer.verifier(), cosigner.verifier());
  }

  @Override
  public String toString() {
    return "LogKeys[" + origin + ", redacted]";
  }
}
