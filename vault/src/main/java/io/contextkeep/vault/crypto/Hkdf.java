package io.contextkeep.vault.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/** HKDF-SHA256 (RFC 5869), from the JDK. */
final class Hkdf {

  private Hkdf() {}

  /** Derives a 32-byte key for the label. The input is uniformly random, so there is no salt. */
  static SecretKey derive(SecretKey from, String label, String algorithm) {
    try {
      return KDF.getInstance("HKDF-SHA256", Jdk.PROVIDER)
          .deriveKey(
              algorithm,
              HKDFParameterSpec.ofExtract()
                  .addIKM(from)
                  .thenExpand(label.getBytes(StandardCharsets.UTF_8), 32));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("JDK 25 has HKDF-SHA256", e);
    }
  }
}
