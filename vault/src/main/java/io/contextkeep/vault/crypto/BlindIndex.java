package io.contextkeep.vault.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * What an identifier is found by: 128 bits of HMAC-SHA256 under a key of the vault. Without the key
 * nobody can guess identifiers against it; equal identifiers of one kind are equal in it.
 */
public final class BlindIndex {
  private static final byte[] SEPARATOR = {0};

  private final SecretKey key;

  public BlindIndex(RootKey root) {
    this.key = root.subkey("blind-index/v1");
  }

  public byte[] of(String kind, String value) {
    byte[] mac =
        Hkdf.hmac(
            key,
            kind.getBytes(StandardCharsets.UTF_8),
            SEPARATOR,
            value.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(mac, 16);
  }

  /** Spells an identifier the one way that new rows are found by. */
  public static String normalise(String kind, String value) {
    return IdentifierText.spellings(kind, value).getFirst();
  }
}
