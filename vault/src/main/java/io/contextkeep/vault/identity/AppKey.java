package io.contextkeep.vault.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The public key that an app registered; the app's own tokens are verified with it. Members other
 * than those of the key and its id are dropped.
 */
public final class AppKey {
  private static final String[] KEPT = {"kty", "crv", "x", "y", "kid"};
  private static final int MAX_ID = 128;

  private final TokenKey key;
  private final JWK jwk;

  private AppKey(TokenKey key, JWK jwk) {
    this.key = key;
    this.jwk = jwk;
  }

  /**
   * Reads a JSON Web Key (RFC 7517).
   *
   * @throws IllegalArgumentException with a message that says what to change and holds nothing of
   *     the key
   */
  public static AppKey parse(String json) {
    try {
      Map<String, Object> all = JSONObjectUtils.parse(json);
      if (all == null) {
        throw new ParseException("null", 0);
      }
      TokenKey key = TokenKey.of(all);
      Map<String, Object> kept = new TreeMap<>();
      for (String name : KEPT) {
        if (all.containsKey(name)) {
          kept.put(name, all.get(name));
        }
      }
      JWK jwk = JWK.parse(kept);
      if (jwk.getKeyID() != null && jwk.getKeyID().length() > MAX_ID) {
        throw new IllegalArgumentException("A 'kid' has at most " + MAX_ID + " characters");
      }
      return new AppKey(key, jwk);
    } catch (ParseException e) {
      throw new IllegalArgumentException("Expected a JSON Web Key (RFC 7517)");
    }
  }

  /** Returns the key and its id as a JSON Web Key, the form in which it is stored. */
  public String json() {
    return jwk.toJSONString();
  }

  /** Returns the key's thumbprint (RFC 7638, SHA-256, base64url). */
  public String thumbprint() {
    try {
      return jwk.computeThumbprint().toString();
    } catch (JOSEException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  TokenKey key() {
    return key;
  }

  /** Returns whether a token's key id is this key's: its registered id or its thumbprint. */
  boolean isCalled(String id) {
    return id.equals(jwk.getKeyID()) || id.equals(thumbprint());
  }
}
