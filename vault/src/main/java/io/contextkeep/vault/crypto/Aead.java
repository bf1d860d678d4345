package io.contextkeep.vault.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce before and a 128-bit tag behind the
 * ciphertext. It hides the plaintext and proves that neither it nor the associated data changed. It
 * does not hide lengths, and one key should not seal more than 2^32 messages.
 */
final class Aead {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Aead() {}

  static byte[] seal(SecretKey key, byte[] plaintext, byte[] associatedData) {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    return ByteBuffer.allocate(NONCE + plaintext.length + TAG_BITS / 8)
        .put(nonce)
        .put(gcm(Cipher.ENCRYPT_MODE, key, nonce, plaintext, 0, plaintext.length, associatedData))
        .array();
  }

  /**
   * @throws SealBroken if these are not the bytes that were sealed with this key and associated
   *     data
   */
  static byte[] open(SecretKey key, byte[] sealed, byte[] associatedData) {
    if (sealed.length < NONCE + TAG_BITS / 8) {
      throw new SealBroken("Too short to be sealed");
    }
    byte[] nonce = java.util.Arrays.copyOf(sealed, NONCE);
    int length = sealed.length - NONCE;
    return gcm(Cipher.DECRYPT_MODE, key, nonce, sealed, NONCE, length, associatedData);
  }

  private static byte[] gcm(
      int mode, SecretKey key, byte[] nonce, byte[] in, int offset, int length, byte[] aad) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(aad);
      return cipher.doFinal(in, offset, length);
    } catch (javax.crypto.AEADBadTagException e) {
      throw new SealBroken("The seal does not fit");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has AES-GCM", e);
    }
  }
}
