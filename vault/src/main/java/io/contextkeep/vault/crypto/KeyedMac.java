package io.contextkeep.vault.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * HMAC-SHA256 (RFC 2104) under one key, from the JDK. The key is set up once and copied for each
 * use, since to look up and set up a MAC takes longer than to compute a short one.
 */
final class KeyedMac {
  private final Mac fresh;

  KeyedMac(SecretKey key) {
    try {
      this.fresh = Mac.getInstance("HmacSHA256", Jdk.PROVIDER);
      fresh.init(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HMAC-SHA256", e);
    }
  }

  /** Returns the MAC of the parts, one after the other. Threads may share this. */
  byte[] of(byte[]... parts) {
    try {
      Mac mac = (Mac) fresh.clone();
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("The JDK's HMAC-SHA256 can be copied", e);
    }
  }

  @Override
  public String toString() {
    return "KeyedMac[redacted]";
  }
}
