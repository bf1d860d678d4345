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
 * A customer's key to her labels in the log: whoever has it can find every entry about her and open
 * none. Her first entry commits to it; she should keep it from then on, for another key would show
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
   * Reads it in hexadecimal, as it was given out.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ViewKey parse(String hex) {
    return new ViewKey(HexFormat.of().parseHex(hex.strip()));
  }

  /** The key itself, to be given to her alone. */
  public String hex() {
    return HexFormat.of().formatHex(key.getEncoded());
  }

  /** What the log says of the key in her first entry: it fixes the key and tells nothing of it. */
  public String commitment() {
    MessageDigest sha = Hashes.sha256();
    sha.update(DOMAIN);
    return HexFormat.of().formatHex(sha.digest(key.getEncoded()));
  }

  /** The label of her n-th entry: HMAC-SHA256 of the number in eight bytes. */
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
