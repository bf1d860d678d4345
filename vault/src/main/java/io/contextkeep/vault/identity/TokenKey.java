package io.contextkeep.vault.identity;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import io.contextkeep.audit.tree.Hashes;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * A public key that tokens are verified with. The key says which algorithm it is for (RFC 8725
 * §3.1): EdDSA for Ed25519 (RFC 8037), ES256 for P-256 (RFC 7518); what a token says is only
 * compared with that. A key that is not a valid point of its curve is refused.
 */
sealed interface TokenKey {

  /** Returns the names of this key's one algorithm. */
  Set<JWSAlgorithm> algorithms();

  boolean verifies(byte[] input, byte[] signature);

  /**
   * Reads the key of a JSON Web Key (RFC 7517).
   *
   * @throws IllegalArgumentException with a message that says what is wrong and holds nothing of it
   */
  static TokenKey of(Map<String, Object> json) {
    if (!"oct".equals(json.get("kty")) && Members.PRIVATE.stream().anyMatch(json::containsKey)) {
      throw new IllegalArgumentException(
          "The key has a private part: give the public part only, and make a new key, since this"
              + " one is now known to others");
    }
    try {
      Map<String, Object> read = new HashMap<>(json);
      read.keySet().retainAll(Members.READ);
      return of(JWK.parse(read));
    } catch (ParseException | IllegalStateException e) {
      // The library's message may hold parts of the key.
      throw new IllegalArgumentException("Expected a JSON Web Key (RFC 7517)");
    }
  }

  private static TokenKey of(JWK jwk) {
    TokenKey key =
        switch (jwk) {
          case OctetKeyPair ed when Curve.Ed25519.equals(ed.getCurve()) -> Ed25519Key.of(ed);
          case ECKey ec when Curve.P_256.equals(ec.getCurve()) -> P256Key.of(ec);
          default ->
              throw new IllegalArgumentException(
                  "Keys are of type OKP with curve Ed25519 or of type EC with curve P-256");
        };
    boolean forSignatures = jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE);
    Set<KeyOperation> operations = jwk.getKeyOperations();
    if (!forSignatures || operations != null && !operations.contains(KeyOperation.VERIFY)) {
      throw new IllegalArgumentException("The key is not for verifying signatures");
    }
    if (jwk.getAlgorithm() != null
        && key.algorithms().stream()
            .noneMatch(a -> a.getName().equals(jwk.getAlgorithm().getName()))) {
      throw new IllegalArgumentException("The key's 'alg' is not for its type and curve");
    }
    return key;
  }

  /** The members of JSON Web Keys (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2). */
  final class Members {
    /** The members of private and secret keys alone. */
    static final Set<String> PRIVATE = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

    /** Members that are ignored: the operator vouches for the key, not a certificate. */
    static final Set<String> READ =
        Set.of("kty", "crv", "x", "y", "n", "e", "k", "use", "key_ops", "alg");

    private Members() {}
  }

  /** An Ed25519 key, verified by Bouncy Castle, which is eight times faster than the JDK. */
  final class Ed25519Key implements TokenKey {
    private static final Set<JWSAlgorithm> ALGORITHMS =
        Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

    private final Ed25519.PublicPoint point;

    private Ed25519Key(Ed25519.PublicPoint point) {
      this.point = point;
    }

    /**
     * Accepts points of full order only: anyone can forge signatures under a point of small order.
     */
    static Ed25519Key of(OctetKeyPair jwk) {
      return of(jwk.getDecodedX());
    }

    static Ed25519Key of(byte[] x) {
      Ed25519.@Nullable PublicPoint point =
          x.length == Ed25519.PUBLIC_KEY_SIZE ? Ed25519.validatePublicKeyFullExport(x, 0) : null;
      if (point == null) {
        throw new IllegalArgumentException("The key is not a valid point of Ed25519");
      }
      return new Ed25519Key(point);
    }

    @Override
    public Set<JWSAlgorithm> algorithms() {
      return ALGORITHMS;
    }

    @Override
    public boolean verifies(byte[] input, byte[] signature) {
      return signature.length == Ed25519.SIGNATURE_SIZE
          && Ed25519.verify(signature, 0, point, input, 0, input.length);
    }
  }

  /** A P-256 key with SHA-256; a signature is the two numbers concatenated (RFC 7518 §3.4). */
  final class P256Key implements TokenKey {
    private static final ECDomainParameters P256 =
        new ECDomainParameters(CustomNamedCurves.getByName("P-256"));
    private static final int NUMBER = 32;

    private final ECPublicKeyParameters key;

    private P256Key(ECPublicKeyParameters key) {
      this.key = key;
    }

    static P256Key of(ECKey jwk) {
      return of(jwk.getX().decodeToBigInteger(), jwk.getY().decodeToBigInteger());
    }

    static P256Key of(BigInteger x, BigInteger y) {
      try {
        return new P256Key(new ECPublicKeyParameters(P256.getCurve().createPoint(x, y), P256));
      } catch (IllegalArgumentException notOnTheCurve) {
        throw new IllegalArgumentException("The key is not a valid point of P-256");
      }
    }

    @Override
    public Set<JWSAlgorithm> algorithms() {
      return Set.of(JWSAlgorithm.ES256);
    }

    @Override
    public boolean verifies(byte[] input, byte[] signature) {
      if (signature.length != 2 * NUMBER) {
        return false;
      }
      ECDSASigner verifier = new ECDSASigner();
      verifier.init(false, key);
      return verifier.verifySignature(
          Hashes.sha256().digest(input),
          new BigInteger(1, Arrays.copyOf(signature, NUMBER)),
          new BigInteger(1, Arrays.copyOfRange(signature, NUMBER, 2 * NUMBER)));
    }
  }
}
