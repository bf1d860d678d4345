package io.contextkeep.audit;

import io.contextkeep.audit.tree.Hashes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A customer's key to their labels in the log: its holder can find every entry about the customer
 * and open none. Their first entry commits to it. They should keep it, since another key would show
 * another list.
 */
public final class ViewKey {
  private static final int LENGTH = 32;
  private static final byte[] DOMAIN =
      "contextkeep/view-key/v1\0".getBytes(StandardCharsets.US_ASCII);

  private final SecretKeySpec key;

  /**
   * @throws IllegalArgumentException if these are not 32 bytes
   */
  public ViewKey(byte[] key) {
    if (key.length != LENGTH) {
      throw new IllegalArgumentException("A view key has " + LENGTH + " bytes");
    }
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  /**
   * Parses a key in hexadecimal.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  public static ViewKey parse(String hex) {
    return new ViewKey(HexFormat.of().parseHex(hex.strip()));
  }

  /** Returns the key in hexadecimal, for the customer alone. */
  public String hex() {
    return HexFormat.of().formatHex(key.getEncoded());
  }

  /** Returns the commitment to the key in the customer's first entry, which hides the key. */
  public String commitment() {
    MessageDigest sha = Hashes.sha256();
    sha.update(DOMAIN);
    return HexFormat.of().formatHex(sha.digest(key.getEncoded()));
  }

  /** Returns the label of the n-th entry: HMAC-SHA256 of the number in eight bytes. */
  public byte[] label(long n) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(n).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HMAC-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "ViewKey[redacted]";
  }
}
