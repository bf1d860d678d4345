package io.contextkeep.vault.identity;

import java.util.Map;
import java.util.Set;

/** A missing or unacceptable token. The code tells the caller what to fix. */
public final class NotAuthenticated extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The code of a request without a bearer token. */
  private static final Set<String> NOT_SENT = Set.of("token_missing", "token_not_bearer");

  private static final Map<String, String> CAUSES =
      Map.ofEntries(
          Map.entry("token_missing", "No token was sent"),
          Map.entry("token_not_bearer", "The Authorization header is not of the Bearer scheme"),
          Map.entry("token_too_long", "The token is too long"),
          Map.entry("token_too_old", "The token was issued too long ago"),
          Map.entry("token_malformed", "The token is not a signed JWT"),
          Map.entry("token_signature", "The signature of the token is not valid"),
          Map.entry("token_critical_header", "The token has critical headers"),
          Map.entry("token_type", "The token is of another type than JWT or access token"),
          Map.entry("token_issuer", "The issuer of the token is unknown"),
          Map.entry("token_expired", "The token has expired or has no expiry"),
          Map.entry("token_not_yet_valid", "The token is not yet valid"),
          Map.entry("token_key_missing", "The token does not name its key"),
          Map.entry("token_key_unknown", "The key of the token is unknown"),
          Map.entry("token_audience", "The token is for another audience"),
          Map.entry("token_role", "The token does not have exactly one known role"),
          Map.entry("token_role_not_allowed", "The issuer of the token may not give its role"),
          Map.entry("token_client", "The token names two different clients"),
          Map.entry("token_client_unknown", "The client of the token is not a registered app"),
          Map.entry("token_account", "The token does not name an account"),
          Map.entry("token_account_unverified", "The account of the token is not verified"),
          Map.entry("token_subject", "The token has no subject that fits its role"),
          Map.entry("token_life_too_long", "The token is valid for too long"),
          Map.entry("token_purpose", "The purpose of the token is unknown"),
          Map.entry(
              "token_authorization_details",
              "The authorization details of the token cannot be used"));

  private final String code;

  public NotAuthenticated(String code) {
    super(code);
    this.code = code;
  }

  public String code() {
    return code;
  }

  /** Returns whether a bearer token was sent. */
  public boolean tokenWasSent() {
    return !NOT_SENT.contains(code);
  }

  /** Returns the cause in a sentence of ASCII without quotes, which holds nothing of the token. */
  public String cause() {
    return CAUSES.getOrDefault(code, "The token is not valid");
  }
}
