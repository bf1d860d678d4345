package io.contextkeep.audit.note;

import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * The two signature algorithms, from Bouncy Castle: Ed25519 (RFC 8032) and ML-DSA-44 (FIPS 204) in
 * its pure form with an empty context. A malformed key or signature does not verify.
 */
final class SignatureAlgorithms {
  static final int ED25519_KEY = 32;
  static final int ED25519_SIGNATURE = 64;
  static final int ML_DSA_44_KEY = 1_312;
  static final int ML_DSA_44_SIGNATURE = 2_420;

  private SignatureAlgorithms() {}

  static boolean verifyEd25519(byte[] publicKey, byte[] message, byte[] signature) {
    if (publicKey.length != ED25519_KEY || signature.length != ED25519_SIGNATURE) {
      return false;
    }
    try {
      Ed25519Signer verifier = new Ed25519Signer();
      verifier.init(false, new Ed25519PublicKeyParameters(publicKey));
      verifier.update(message, 0, message.length);
      return verifier.verifySignature(signature);
    } catch (IllegalArgumentException notAPoint) {
      return false;
    }
  }

  static byte[] signEd25519(Ed25519PrivateKeyParameters key, byte[] message) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  static boolean verifyMlDsa44(byte[] publicKey, byte[] message, byte[] signature) {
    if (publicKey.length != ML_DSA_44_KEY || signature.length != ML_DSA_44_SIGNATURE) {
      return false;
    }
    try {
      MLDSASigner verifier = new MLDSASigner();
      verifier.init(false, new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_44, publicKey));
      verifier.update(message, 0, message.length);
      return verifier.verifySignature(signature);
    } catch (IllegalArgumentException notAKey) {
      return false;
    }
  }

  /** Signs deterministically (FIPS 204, section 3.4), without randomness. */
  static byte[] signMlDsa44(MLDSAPrivateKeyParameters key, byte[] message) {
    try {
      MLDSASigner signer = new MLDSASigner();
      signer.init(true, key);
      signer.update(message, 0, message.length);
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException("ML-DSA-44 did not sign", e);
    }
  }
}
