package io.contextkeep.audit;

import io.contextkeep.audit.note.KeyType;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The keys that sign a log's checkpoints. The log records from which entry on they are in force, so
 * that a reader who has the first keys can follow every change.
 *
 * @param origin the log's permanent name: its address without the scheme
 * @param signer the Ed25519 key that signs every checkpoint, in its transaction
 * @param cosigner the ML-DSA-44 key that signs published checkpoints, against quantum computers
 * @param retiring the previous signer, which signs the first checkpoint together with its
 *     successor, and what is published as long as it is given here
 */
public record LogKeys(
    String origin, SignerKey signer, SignerKey cosigner, List<SignerKey> retiring) {
  public LogKeys {
    retiring = retiring.stream().filter(key -> !key.verifier().equals(signer.verifier())).toList();
    if (Stream.concat(Stream.of(signer, cosigner), retiring.stream())
        .anyMatch(key -> !key.verifier().name().equals(origin))) {
      throw new IllegalArgumentException("The name of a log's keys must be its origin");
    }
    if (signer.verifier().type() != KeyType.ED25519
        || cosigner.verifier().type() != KeyType.ML_DSA_44_COSIGNATURE) {
      throw new IllegalArgumentException("A log must sign with Ed25519 and cosign with ML-DSA-44");
    }
  }

  /** Returns keys from two secret seeds of 32 bytes each. */
  public static LogKeys of(
      String origin, byte[] ed25519Seed, byte[] mlDsaSeed, InstantSource clock) {
    return new LogKeys(
        origin,
        SignerKey.ed25519(origin, ed25519Seed),
        SignerKey.mlDsa44Cosigner(origin, mlDsaSeed, clock),
        List.of());
  }

  /** Returns these keys as the successors of others of the same log. */
  public LogKeys succeeding(LogKeys earlier) {
    return new LogKeys(origin, signer, cosigner, List.of(earlier.signer));
  }

  /** Returns the trust policy for the log's readers. */
  public List<VerifierKey> verifiers() {
    return List.of(signer.verifier(), cosigner.verifier());
  }

  @Override
  public String toString() {
    return "LogKeys[" + origin + ", redacted]";
  }
}
