package io.contextkeep.vault.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * The blind index of identifiers: 128 bits of HMAC-SHA256 under a key of the vault. Without the
 * key, identifiers cannot be guessed against it; equal identifiers of one kind have equal indexes.
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

  /** Returns the canonical spelling of an identifier, by which new rows are found. */
  public static String normalise(String kind, String value) {
    return IdentifierText.spellings(kind, value).getFirst();
  }
}
