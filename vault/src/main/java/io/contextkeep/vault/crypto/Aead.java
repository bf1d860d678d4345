package io.contextkeep.vault.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce before and a 128-bit tag after the ciphertext.
 * It hides the plaintext and proves that neither it nor the associated data changed. It does not
 * hide lengths, and one key should not seal more than 2^32 messages.
 *
 * <p>The nonce is a pseudorandom function of random bytes and of the message. Even if two clones of
 * a machine draw the same random bytes, different messages get different nonces; only identical
 * messages are sealed to the same bytes.
 */
final class Aead {
  private static final String TRANSFORMATION = "AES/GCM/NoPadding";
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int RANDOM = 16;

  private Aead() {}

  static byte[] seal(SealingKey key, SecureRandom random, byte[] plaintext, byte[] associatedData) {
    return seal(cipher(), key, random, plaintext, associatedData);
  }

  /** Seals with a cipher that the caller reuses for several records of one key. */
  static byte[] seal(
      Cipher cipher, SealingKey key, SecureRandom random, byte[] plaintext, byte[] associatedData) {
    byte[] nonce = nonce(key, random, plaintext, associatedData);
    byte[] sealed = new byte[NONCE + plaintext.length + TAG_BITS / 8];
    System.arraycopy(nonce, 0, sealed, 0, NONCE);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key.cipher(), new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(associatedData);
      cipher.doFinal(plaintext, 0, plaintext.length, sealed, NONCE);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has AES-GCM", e);
    }
  }

  /** Encodes the parts, each after its length, so that the encoding is unique. */
  private static byte[] nonce(
      SealingKey key, SecureRandom random, byte[] plaintext, byte[] associatedData) {
    byte[] chance = new byte[RANDOM];
    random.nextBytes(chance);
    byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(associatedData.length).array();
    byte[] mac = key.nonces().of(chance, length, associatedData, plaintext);
    return Arrays.copyOf(mac, NONCE);
  }

  static byte[] open(SealingKey key, byte[] sealed, byte[] associatedData) {
    return open(cipher(), key.cipher(), sealed, associatedData);
  }

  /**
   * Opens with a cipher that the caller reuses for several records of one key: setting up a key
   * costs four times as much as using it.
   *
   * @throws SealBroken if these are not the bytes that were sealed with this key and associated
   *     data
   */
  static byte[] open(Cipher cipher, SecretKey key, byte[] sealed, byte[] associatedData) {
    if (sealed.length < NONCE + TAG_BITS / 8) {
      throw new SealBroken("Too short to be sealed");
    }
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE));
      cipher.updateAAD(associatedData);
      return cipher.doFinal(sealed, NONCE, sealed.length - NONCE);
    } catch (AEADBadTagException e) {
      throw new SealBroken("The seal does not fit");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has AES-GCM", e);
    }
  }

  static Cipher cipher() {
    try {
      return Cipher.getInstance(TRANSFORMATION, Jdk.PROVIDER);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has AES-GCM", e);
    }
  }
}
