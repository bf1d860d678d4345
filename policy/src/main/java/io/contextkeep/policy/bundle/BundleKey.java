package io.contextkeep.policy.bundle;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/**
 * A key that may sign bundles, pinned to one id and one algorithm, so that a signature chooses
 * neither.
 */
public record BundleKey(String id, String algorithm, PublicKey key) {
  private static final Set<String> EC = Set.of("ES256", "ES384");
  private static final Set<String> RSA =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");

  /**
   * Reads a key.
   *
   * @param pem the public key, "BEGIN PUBLIC KEY" (RFC 7468, section 13)
   * @throws IllegalArgumentException if the key does not fit the algorithm, as no shared secret
   *     does
   */
  public static BundleKey of(String id, String algorithm, String pem) {
    String family = EC.contains(algorithm) ? "EC" : RSA.contains(algorithm) ? "RSA" : "";
    if (family.isEmpty()) {
      throw new IllegalArgumentException(
          "A bundle is signed with one of " + EC + " and " + RSA + ", not with " + algorithm);
    }
    try {
      byte[] encoded =
          Base64.getMimeDecoder()
              .decode(pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----", "").strip());
      PublicKey key =
          KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(encoded));
      BundleKey pinned = new BundleKey(id, algorithm, key);
      if (!pinned.verifier().supportedJWSAlgorithms().contains(JWSAlgorithm.parse(algorithm))) {
        throw new IllegalArgumentException(
            "The key " + id + " is not on the curve of " + algorithm);
      }
      return pinned;
    } catch (GeneralSecurityException | JOSEException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The key " + id + " is not a public key in PEM for " + algorithm, e);
    }
  }

  JWSVerifier verifier() throws JOSEException {
    return switch (key) {
      case ECPublicKey curve -> new ECDSAVerifier(curve);
      case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
      default -> throw new JOSEException("The key cannot verify signatures of bundles");
    };
  }
}
