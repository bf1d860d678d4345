package io.contextkeep.vault.crypto;

import javax.crypto.SecretKey;

/**
 * The key from which every other key is derived. By default it is kept in a file; a KMS or an HSM
 * can implement the same method.
 */
public interface RootKey {

  /** Derives a key for one use from the root by HKDF-SHA256, with the label as info. */
  SecretKey subkey(String label);
}
