package io.contextkeep.audit;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Real AES-256-GCM and HMAC under a fixed key. */
public final class Sealer implements SubjectSealer {
  private final SecretKeySpec key;
  private final LongUnaryOperator numbering;

  public Sealer(byte fill) {
    this(fill, n -> n);
  }

  /** Returns a sealer that gives some entries a false number. */
  Sealer(byte fill, LongUnaryOperator numbering) {
    this.numbering = numbering;
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, fill);
    key = new SecretKeySpec(bytes, "AES");
  }

  @Override
  public byte[] seal(byte[] plaintext, byte[] associatedData) {
    byte[] nonce = new byte[12];
    new SecureRandom().nextBytes(nonce);
    byte[] body = gcm(Cipher.ENCRYPT_MODE, nonce, plaintext, associatedData);
    byte[] sealed = Arrays.copyOf(nonce, 12 + body.length);
    System.arraycopy(body, 0, sealed, 12, body.length);
    return sealed;
  }

  @Override
  public byte[] open(byte[] sealed, byte[] associatedData) {
    return gcm(
        Cipher.DECRYPT_MODE,
        Arrays.copyOf(sealed, 12),
        Arrays.copyOfRange(sealed, 12, sealed.length),
        associatedData);
  }

  @Override
  public byte[] label(long n) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(java.nio.ByteBuffer.allocate(8).putLong(numbering.applyAsLong(n)).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] gcm(int mode, byte[] nonce, byte[] text, byte[] associatedData) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(128, nonce));
      cipher.updateAAD(associatedData);
      return cipher.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
