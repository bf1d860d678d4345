package io.contextkeep.vault.identity;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A configured OpenID Connect issuer and what its tokens may grant. A token without a role is a
 * customer's; any other role must be among the roles that the issuer may give.
 *
 * @param name its name in settings, logs and the ids of its staff
 * @param issuer the exact {@code iss} of its tokens
 * @param jwks the address of its keys: https, or http on this machine
 * @param audience what the {@code aud} of its tokens must name
 * @param roles the roles it may give; staff and apps only where this names them
 * @param roleClaim the claim with the role: a name, or names with dots between for one inside
 *     others
 * @param accountKind the kind of identifier that a customer of this issuer is found by
 * @param accountClaim the claim with that identifier
 */
public record IssuerSettings(
    String name,
    String issuer,
    URI jwks,
    String audience,
    Set<Role> roles,
    String roleClaim,
    String accountKind,
    String accountClaim) {
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,31}");
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * @throws IllegalArgumentException naming the setting at fault
   */
  public IssuerSettings {
    // An app's id has no colon, so issuers and apps cannot be confused.
    check(issuer.contains(":") && issuer.strip().equals(issuer), name, "issuer", "a URL");
    check(isSecure(jwks), name, "jwks", "an https URL, or http at 127.0.0.1, [::1] or localhost");
    check(!audience.isBlank(), name, "audience", "what its tokens name the vault by");
    check(!roles.isEmpty(), name, "roles", "some of the vault's roles, with commas between");
    check(!roleClaim.isBlank(), name, "role.claim", "the name of a claim");
    check(KIND.matcher(accountKind).matches(), name, "account.kind", KIND.pattern());
    check(!accountClaim.isBlank(), name, "account.claim", "the name of a claim");
    roles = Set.copyOf(roles);
  }

  private static void check(boolean sound, String name, String setting, String form) {
    if (!sound) {
      throw new IllegalArgumentException(
          "oidc." + name + "." + setting + " is missing or unusable; it must be " + form);
    }
  }

  /** Keys fetched in the clear could be replaced by anyone on the network. */
  private static boolean isSecure(URI jwks) {
    String scheme = String.valueOf(jwks.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(jwks.getHost()).toLowerCase(Locale.ROOT);
    return jwks.getHost() != null
        && jwks.getUserInfo() == null
        && (scheme.equals("https") || scheme.equals("http") && THIS_MACHINE.contains(host));
  }
}
