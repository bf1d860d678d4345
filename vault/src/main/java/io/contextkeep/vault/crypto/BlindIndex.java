package io.contextkeep.vault.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The blind index of identifiers: 128 bits of HMAC-SHA256 under a key of the vault. Without the
 * key, identifiers cannot be guessed against it; equal identifiers of one kind have equal indexes.
 */
public final class BlindIndex {
  private static final byte[] SEPARATOR = {0};

  private final KeyedMac mac;

  public BlindIndex(RootKey root) {
    this.mac = new KeyedMac(root.subkey("blind-index/v1"));
  }

  public byte[] of(String kind, String value) {
    byte[] whole =
        mac.of(
            kind.getBytes(StandardCharsets.UTF_8),
            SEPARATOR,
            value.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(whole, 16);
  }

  /** Returns the canonical spelling of an identifier, by which new rows are found. */
  public static String normalise(String kind, String value) {
    return IdentifierText.spellings(kind, value).getFirst();
  }
}
