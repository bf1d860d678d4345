package io.contextkeep.vault.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The public key that an app registered, with which the app's own tokens are verified. It keeps
 * what makes the key and its id, and nothing else that came along.
 */
public final class AppKey {
  private static final String[] KEPT = {"kty", "crv", "x", "y", "kid"};
  private static final int LONGEST_ID = 128;

  private final TokenKey key;
  private final JWK jwk;

  private AppKey(TokenKey key, JWK jwk) {
    this.key = key;
    this.jwk = jwk;
  }

  /**
   * Reads a JSON Web Key (RFC 7517).
   *
   * @throws IllegalArgumentException saying what to change, in words that hold nothing of the key
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
      if (jwk.getKeyID() != null && jwk.getKeyID().length() > LONGEST_ID) {
        throw new IllegalArgumentException("A 'kid' has at most " + LONGEST_ID + " characters");
      }
      return new AppKey(key, jwk);
    } catch (ParseException e) {
      throw new IllegalArgumentException("The key is no JSON Web Key (RFC 7517)");
    }
  }

  /** The key and its id as a JSON Web Key: what is stored. */
  public String json() {
    return jwk.toJSONString();
  }

  /** The key's thumbprint (RFC 7638, SHA-256, base64url): what it is called without its bytes. */
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

  /** Whether a token may call the key so: by the id it was registered with or its thumbprint. */
  boolean isCalled(String id) {
    return id.equals(jwk.getKeyID()) || id.equals(thumbprint());
  }
}
