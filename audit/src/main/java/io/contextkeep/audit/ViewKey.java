package io.contextkeep.audit;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A customer's key to her labels in the log: whoever has it can find every entry about her and open
 * none. She should keep it from the first time on: another key would show another list.
 */
public final class ViewKey {
  private final SecretKeySpec key;

  public ViewKey(byte[] key) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
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
