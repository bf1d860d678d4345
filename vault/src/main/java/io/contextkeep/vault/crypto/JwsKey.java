package io.contextkeep.vault.crypto;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import javax.crypto.SecretKey;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 key that signs compact JSON Web Signatures (RFC 7515, RFC 8037). It is derived from
 * the root key and protected with it; the same payload always gets the same signature.
 */
public final class JwsKey {
  private final String id;
  private final byte[] privateKey;
  private final byte[] publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];

  /**
   * @param id the key id in its signatures
   */
  public JwsKey(String id, SecretKey seed) {
    this.id = id;
    this.privateKey = seed.getEncoded();
    Ed25519.generatePublicKey(privateKey, 0, publicKey, 0);
  }

  /**
   * Signs a payload.
   *
   * @param type the type of the payload, which prevents confusion with other types (RFC 8725 §3.11)
   */
  public String sign(String type, byte[] payload) {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.EdDSA).type(new JOSEObjectType(type)).keyID(id).build();
    String input = header.toBase64URL() + "." + Base64URL.encode(payload);
    byte[] bytes = input.getBytes(StandardCharsets.US_ASCII);
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(privateKey, 0, bytes, 0, bytes.length, signature, 0);
    return input + "." + Base64URL.encode(signature);
  }

  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** Returns the public key as a JSON Web Key Set (RFC 7517). */
  public String jwks() {
    OctetKeyPair jwk =
        new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(publicKey))
            .keyID(id)
            .algorithm(JWSAlgorithm.EdDSA)
            .build();
    return "{\"keys\":[" + jwk.toJSONString() + "]}";
  }

  @Override
  public String toString() {
    return "JwsKey[" + id + "]";
  }
}
