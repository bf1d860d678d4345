package io.contextkeep.vault.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jwt.SignedJWT;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A public key that tokens are verified with. The key says which algorithm it is for (EdDSA for
 * Ed25519, ES256 for P-256); what the token says is only compared with that.
 */
record TokenKey(JWK jwk) {

  boolean verifies(SignedJWT token) {
    JWSAlgorithm algorithm = token.getHeader().getAlgorithm();
    try {
      return switch (jwk) {
        case OctetKeyPair ed when ed.getCurve().equals(Curve.Ed25519) ->
            algorithm.equals(JWSAlgorithm.EdDSA) && ed25519(ed.getDecodedX(), token);
        case ECKey ec when ec.getCurve().equals(Curve.P_256) ->
            algorithm.equals(JWSAlgorithm.ES256) && token.verify(new ECDSAVerifier(ec));
        default -> false;
      };
    } catch (JOSEException | IllegalArgumentException unusable) {
      return false;
    }
  }

  private static boolean ed25519(byte[] key, SignedJWT token) {
    byte[] signature = token.getSignature().decode();
    byte[] input = token.getSigningInput();
    return key.length == Ed25519.PUBLIC_KEY_SIZE
        && signature.length == Ed25519.SIGNATURE_SIZE
        && Ed25519.verify(signature, 0, key, 0, input, 0, input.length);
  }
}
