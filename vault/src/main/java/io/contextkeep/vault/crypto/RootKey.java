package io.contextkeep.vault.crypto;

import javax.crypto.SecretKey;

/**
 * The key that every other key hangs on. A file keeps it by default; a KMS or an HSM can stand
 * behind the same method.
 */
public interface RootKey {

  /** A key for one use, derived from the root by HKDF-SHA256 with the label as info. */
  SecretKey subkey(String label);
}
