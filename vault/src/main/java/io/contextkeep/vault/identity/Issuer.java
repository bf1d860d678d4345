package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import io.contextkeep.vault.identity.Apps.RegisteredApp;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A trusted issuer of tokens: it gives the key of a token and the caller that the token stands for.
 * {@link TokenVerifier} checks signature and times in the same way for all issuers.
 */
sealed interface Issuer permits VaultTokens, OidcIssuer, AppTokens {

  /**
   * Returns the key that a token names.
   *
   * @throws NotAuthenticated if there is no such key
   * @throws IssuerUnreachable if the issuer cannot be asked now
   */
  TokenKey key(@Nullable String id);

  /**
   * Returns the caller that the claims of a verified token stand for, after checking that the token
   * is meant for this vault.
   *
   * @param expires the token's expiry, already checked
   * @throws NotAuthenticated if the claims stand for no caller of this vault
   */
  Identified identified(JWTClaimsSet claims, Instant expires);

  /**
   * A caller with its registered app, if it is an app: when that app changes, the token is no
   * longer accepted.
   */
  record Identified(Caller caller, Optional<RegisteredApp> app) {
    /**
     * Returns the caller with the assurance that the issuer states; an app's own tokens have none.
     */
    Identified assured(JWTClaimsSet claims) {
      return new Identified(caller.as(AuthenticationContext.by(claims)), app);
    }

    /** Returns the caller limited to the grant of an app's token. */
    Identified stating(JWTClaimsSet claims) {
      return caller.role() == Role.APP
          ? new Identified(caller.stating(TokenGrant.by(claims)), app)
          : this;
    }

    /** Returns the caller under another id. */
    Identified named(UnaryOperator<Caller> names) {
      return new Identified(names.apply(caller), app);
    }

    static Identified as(Caller caller) {
      return new Identified(caller, Optional.empty());
    }

    static Identified as(RegisteredApp app, Role role) {
      if (!app.may(role)) {
        throw new NotAuthenticated("token_role_not_allowed");
      }
      return new Identified(new Caller(app.id(), role, Optional.empty()), Optional.of(app));
    }
  }
}
