package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import io.contextkeep.vault.identity.Apps.RegisteredApp;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that a registered app signs for itself with its registered key, as clients do in RFC 7523:
 * issuer and subject are the app, the audience is the vault's name, and each is valid for at most
 * ten minutes, so that a leaked token is soon useless.
 */
record AppTokens(RegisteredApp app, AppKey registered, String vault) implements Issuer {
  private static final Duration MAX_LIFE = Duration.ofMinutes(10);

  /** Finds the app's one key; a token may leave out its key id. */
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
    if (issued == null || expires.isAfter(issued.toInstant().plus(MAX_LIFE))) {
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
