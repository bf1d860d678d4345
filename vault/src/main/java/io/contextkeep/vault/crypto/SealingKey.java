package io.contextkeep.vault.crypto;

import javax.crypto.SecretKey;

/**
 * A key of {@link Aead}: one key for the cipher and another for the nonces.
 *
 * @param cipher opens everything that was sealed with it, since nonces are stored
 */
record SealingKey(SecretKey cipher, KeyedMac nonces) {

  /** Returns the cipher's key with a nonce key derived from it. */
  static SealingKey of(SecretKey cipher) {
    return new SealingKey(
        cipher, new KeyedMac(Hkdf.derive(cipher, "contextkeep/nonces/v1", "HmacSHA256")));
  }

  @Override
  public String toString() {
    return "SealingKey[redacted]";
  }
}
