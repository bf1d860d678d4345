package io.contextkeep.vault.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The derivation of {@link Hkdf#derive} for many keys and one label, by one thread. It keeps its
 * two MACs, since setting up the JDK's KDF costs several times as much as a derivation.
 */
final class KeyDerivation {
  private static final int HASH = 32;

  /** The number of the only block, which RFC 5869 writes after the label. */
  private static final byte FIRST_BLOCK = 1;

  private final Mac extract = mac();
  private final Mac expand = mac();
  private final byte[] info;
  private final String algorithm;

  KeyDerivation(String label, String algorithm) {
    byte[] name = label.getBytes(StandardCharsets.UTF_8);
    this.info = Arrays.copyOf(name, name.length + 1);
    this.info[name.length] = FIRST_BLOCK;
    this.algorithm = algorithm;
    init(extract, new byte[HASH]);
  }

  SecretKey derive(byte[] from) {
    init(expand, extract.doFinal(from));
    return new SecretKeySpec(expand.doFinal(info), algorithm);
  }

  private static Mac mac() {
    try {
      return Mac.getInstance("HmacSHA256", Jdk.PROVIDER);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HMAC-SHA256", e);
    }
  }

  private static void init(Mac mac, byte[] key) {
    try {
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC takes every key", e);
    }
  }
}
