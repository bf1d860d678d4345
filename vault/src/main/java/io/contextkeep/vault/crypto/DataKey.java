package io.contextkeep.vault.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A customer's data key in the form that is wrapped: before the key of records that is derived from
 * it. A statistic opens a record of every customer and would spend a sixth of its time on deriving.
 * Older vaults wrapped data keys alone, and these stay as they are.
 */
final class DataKey {
  private static final int SIZE = 32;
  private static final String AES = "AES";

  private final byte[] unwrapped;

  DataKey(byte[] unwrapped) {
    this.unwrapped = unwrapped;
  }

  /** Draws a new one. */
  static DataKey random(SecureRandom random) {
    byte[] key = new byte[SIZE];
    random.nextBytes(key);
    byte[] records = Hkdf.derive(generic(key, SIZE), SubjectKey.RECORDS, AES).getEncoded();
    byte[] both = Arrays.copyOf(key, SIZE + records.length);
    System.arraycopy(records, 0, both, SIZE, records.length);
    return new DataKey(both);
  }

  byte[] toBeWrapped() {
    return unwrapped;
  }

  /** Returns the data key itself, from which all others are derived. */
  SecretKey key() {
    return generic(unwrapped, SIZE);
  }

  /** Returns the key of records; empty if it was not wrapped and is to be derived. */
  Optional<SecretKey> records() {
    return unwrapped.length == SIZE
        ? Optional.empty()
        : Optional.of(new SecretKeySpec(unwrapped, SIZE, SIZE, AES));
  }

  private static SecretKey generic(byte[] bytes, int size) {
    return new SecretKeySpec(bytes, 0, size, "Generic");
  }

  @Override
  public String toString() {
    return "DataKey[redacted]";
  }
}
