package io.contextkeep.vault.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** A private key for tests, which signs any header and claims. */
public record TestKey(JWK jwk) {

  public static TestKey ed25519(String kid) {
    byte[] secret = new byte[Ed25519.SECRET_KEY_SIZE];
    Ed25519.generatePrivateKey(new SecureRandom(), secret);
    byte[] point = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(secret, 0, point, 0);
    return new TestKey(
        new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point))
            .d(Base64URL.encode(secret))
            .keyID(kid)
            .build());
  }

  public static TestKey es256(String kid) {
    try {
      return new TestKey(new ECKeyGenerator(Curve.P_256).keyID(kid).generate());
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public String publicJson() {
    return jwk.toPublicJWK().toJSONString();
  }

  String algorithm() {
    return jwk instanceof ECKey ? "ES256" : "EdDSA";
  }

  Map<String, Object> header() {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", algorithm());
    header.put("typ", "JWT");
    header.put("kid", jwk.getKeyID());
    return header;
  }

  public String sign(Map<String, Object> claims) {
    return sign(header(), claims);
  }

  String sign(Map<String, Object> header, Map<String, Object> claims) {
    return sign(JSONObjectUtils.toJSONString(header), JSONObjectUtils.toJSONString(claims));
  }

  /** Signs any text, independent of the header. */
  String sign(String header, String claims) {
    String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
    return input + "." + Base64URL.encode(signature(input.getBytes(StandardCharsets.US_ASCII)));
  }

  private byte[] signature(byte[] input) {
    try {
      return switch (jwk) {
        case OctetKeyPair ed -> {
          byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
          Ed25519.sign(ed.getDecodedD(), 0, input, 0, input.length, signature, 0);
          yield signature;
        }
        case ECKey ec ->
            new ECDSASigner(ec).sign(new JWSHeader(JWSAlgorithm.ES256), input).decode();
        default -> throw new IllegalStateException();
      };
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
