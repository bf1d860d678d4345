package io.contextkeep.vault.crypto;

import javax.crypto.SecretKey;

/**
 * A key of {@link Aead}: one key for the cipher, and one of its own for the nonces.
 *
 * @param cipher opens whatever was ever sealed with it: nonces are stored, not worked out again
 */
record SealingKey(SecretKey cipher, SecretKey nonces) {

  /** The cipher's key, with one for the nonces that is derived from it. */
  static SealingKey of(SecretKey cipher) {
    return new SealingKey(cipher, Hkdf.derive(cipher, "contextkeep/nonces/v1", "HmacSHA256"));
  }

  @Override
  public String toString() {
    return "SealingKey[redacted]";
  }
}
