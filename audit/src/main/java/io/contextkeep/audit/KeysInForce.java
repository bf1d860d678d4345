package io.contextkeep.audit;

import io.contextkeep.audit.note.KeyType;
import io.contextkeep.audit.note.VerifierKey;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The signing keys that an entry of the log names, in hexadecimal.
 *
 * @param ed25519 the key that signs every checkpoint
 * @param mldsa44 SHA-256 of the ML-DSA-44 key that cosigns the published ones
 */
record KeysInForce(String ed25519, String mldsa44) {
  private static final int HEX_LENGTH = 64;

  static KeysInForce of(LogKeys keys) {
    return new KeysInForce(
        HexFormat.of().formatHex(keys.signer().verifier().publicKey()),
        fingerprint(keys.cosigner().verifier()));
  }

  /** Reads a leaf of type genesis or key; returns empty if it names no keys. */
  static Optional<KeysInForce> named(String leaf) {
    KeysInForce keys = new KeysInForce(Leaf.word(leaf, "ed25519"), Leaf.word(leaf, "mldsa44"));
    return keys.ed25519.length() == HEX_LENGTH && keys.mldsa44.length() == HEX_LENGTH
        ? Optional.of(keys)
        : Optional.empty();
  }

  Map<String, Object> facts() {
    return Map.of("ed25519", ed25519, "mldsa44", mldsa44);
  }

  VerifierKey signer(String origin) {
    return VerifierKey.of(origin, KeyType.ED25519, HexFormat.of().parseHex(ed25519));
  }

  /** Returns whether this is the ML-DSA-44 key that the log named. */
  boolean cosigner(VerifierKey key) {
    return key.type() == KeyType.ML_DSA_44_COSIGNATURE && fingerprint(key).equals(mldsa44);
  }

  private static String fingerprint(VerifierKey key) {
    return HexFormat.of()
        .formatHex(io.contextkeep.audit.tree.Hashes.sha256().digest(key.publicKey()));
  }
}
