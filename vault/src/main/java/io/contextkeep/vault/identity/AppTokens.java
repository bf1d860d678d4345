package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that a registered app signs for itself with its registered key, as clients do in RFC 7523:
 * issuer and subject are the app, the audience is the vault's name, and each lives ten minutes at
 * most, so that one that leaks is soon worth nothing.
 */
record AppTokens(RegisteredApp app, AppKey registered, String vault) implements Issuer {
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);

  /** A token may leave out which key it is signed with: an app has one. */
  @Override
  public TokenKey key(@Nullable String id) {
    if (id != null && !registered.isCalled(id)) {
      throw new NotAuthenticated("token_key_unknown");
    }
    return registered.key();
  }

  @Override
  public Identified identified(JWTClaimsSet claims, Instant expires) {
    if (!app.id().equals(claims.getSubject())) {
      throw new NotAuthenticated("token_subject");
    }
    if (!List.of(vault).equals(claims.getAudience())) {
      throw new NotAuthenticated("token_audience");
    }
    Date issued = claims.getIssueTime();
    if (issued == null || expires.isAfter(issued.toInstant().plus(LONGEST_LIFE))) {
      throw new NotAuthenticated("token_life_too_long");
    }
    return Identified.as(app, role(claims));
  }

  private Role role(JWTClaimsSet claims) {
    if (claims.getClaim("role") == null) {
      return app.usualRole();
    }
    try {
      return Role.parse(claims.getStringClaim("role"))
          .orElseThrow(() -> new NotAuthenticated("token_role"));
    } catch (ParseException e) {
      throw new NotAuthenticated("token_role");
    }
  }
}
