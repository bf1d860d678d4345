package io.contextkeep.vault.crypto;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Pseudonyms of staff in the log, which is permanent: 128 bits of HMAC-SHA256 of the name under a
 * key of the vault. The names themselves are sealed, so that they can be looked up and erased.
 */
public final class StaffNames {
  private final KeyedMac pseudonyms;
  private final SealingKey names;
  private final SecureRandom random = new SecureRandom();

  public StaffNames(RootKey root) {
    this.pseudonyms = new KeyedMac(root.subkey("audit-staff/v1"));
    this.names = SealingKey.of(root.subkey("audit-staff-names/v1"));
  }

  /** Returns the pseudonym of a name, which is always the same and a coded id. */
  public String pseudonym(String name) {
    byte[] mac = pseudonyms.of(bytes(name));
    return "staff-" + HexFormat.of().formatHex(Arrays.copyOf(mac, 16));
  }

  public byte[] seal(String pseudonym, String name) {
    return Aead.seal(names, random, bytes(name), bytes(pseudonym));
  }

  /**
   * @throws SealBroken if that was not sealed for this pseudonym
   */
  public String open(String pseudonym, byte[] sealed) {
    return new String(Aead.open(names, sealed, bytes(pseudonym)), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
