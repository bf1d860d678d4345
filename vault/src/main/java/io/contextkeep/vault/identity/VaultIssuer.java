package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import io.contextkeep.vault.crypto.JwsKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.UUID;
import javax.crypto.SecretKey;

/**
 * The vault's own issuer of tokens, for use without an identity provider. Its Ed25519 key is
 * derived from the root key and protected with it.
 */
public final class VaultIssuer {
  static final String KEY_ID = "vault-1";

  private final String name;
  private final JwsKey signing;
  private final TokenKey key;
  private final InstantSource clock;

  /**
   * @param name issuer and audience of its tokens
   */
  public VaultIssuer(String name, SecretKey seed, InstantSource clock) {
    this.name = name;
    this.clock = clock;
    this.signing = new JwsKey(KEY_ID, seed);
    this.key = TokenKey.Ed25519Key.of(signing.publicKey());
  }

  public String name() {
    return name;
  }

  /** Issues a token for a service or a member of staff. */
  public String issue(String id, Role role, Duration life) {
    return sign(claims(id, role, life).build());
  }

  /** Issues a token that also states the authentication context. */
  public String issue(String id, Role role, Duration life, String acr) {
    return sign(claims(id, role, life).claim("acr", acr).build());
  }

  /**
   * Issues a token for a customer.
   *
   * @param account the identifier, {@code kind:value}
   */
  public String issueToCustomer(String account, Duration life) {
    return sign(claims("customer", Role.CUSTOMER, life).claim("account", account).build());
  }

  /** Returns whether this can be the id of a caller other than a customer. */
  public static boolean isId(String id) {
    return VaultTokens.ID.matcher(id).matches();
  }

  /** Returns the public key as a JSON Web Key Set. */
  public String jwks() {
    return signing.jwks();
  }

  TokenKey key() {
    return key;
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
    return signing.sign("JWT", claims.toPayload().toBytes());
  }
}
