package io.contextkeep.vault.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.UUID;
import javax.crypto.SecretKey;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The vault's own issuer of tokens, for where no other identity provider is at hand. Its Ed25519
 * key is derived from the root key, so it lives and is guarded where that does.
 */
public final class VaultIssuer {
  static final String KEY_ID = "vault-1";

  private final String name;
  private final byte[] privateKey;
  private final byte[] publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];
  private final TokenKey key;
  private final InstantSource clock;

  /**
   * @param name issuer and audience of its tokens
   */
  public VaultIssuer(String name, SecretKey seed, InstantSource clock) {
    this.name = name;
    this.privateKey = seed.getEncoded();
    this.clock = clock;
    Ed25519.generatePublicKey(privateKey, 0, publicKey, 0);
    this.key = TokenKey.Ed25519Key.of(publicKey);
  }

  public String name() {
    return name;
  }

  /** A token for a service or a member of staff. */
  public String issue(String id, Role role, Duration life) {
    return sign(claims(id, role, life).build());
  }

  /** The same, saying how surely it was authenticated that it is them. */
  public String issue(String id, Role role, Duration life, String acr) {
    return sign(claims(id, role, life).claim("acr", acr).build());
  }

  /**
   * A token for a customer.
   *
   * @param account the identifier, {@code kind:value}
   */
  public String issueToCustomer(String account, Duration life) {
    return sign(claims("customer", Role.CUSTOMER, life).claim("account", account).build());
  }

  /** The public key, as a JSON Web Key Set. */
  public String jwks() {
    return "{\"keys\":[" + jwk().toJSONString() + "]}";
  }

  TokenKey key() {
    return key;
  }

  private OctetKeyPair jwk() {
    return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(publicKey))
        .keyID(KEY_ID)
        .algorithm(JWSAlgorithm.EdDSA)
        .build();
  }

  private JWTClaimsSet.Builder claims(String id, Role role, Duration life) {
    Instant now = clock.instant();
    return new JWTClaimsSet.Builder()
        .issuer(name)
        .audience(name)
        .subject(id)
        .claim("role", role.code())
        .jwtID(UUID.randomUUID().toString())
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plus(life)));
  }

  private String sign(JWTClaimsSet claims) {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.EdDSA).type(JOSEObjectType.JWT).keyID(KEY_ID).build();
    String input = header.toBase64URL() + "." + Base64URL.encode(claims.toPayload().toBytes());
    byte[] bytes = input.getBytes(StandardCharsets.US_ASCII);
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(privateKey, 0, bytes, 0, bytes.length, signature, 0);
    String token = input + "." + Base64URL.encode(signature);
    try {
      return SignedJWT.parse(token).getParsedString();
    } catch (ParseException e) {
      throw new IllegalStateException("A token of our own does not parse", e);
    }
  }
}
