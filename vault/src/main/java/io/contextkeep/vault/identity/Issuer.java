package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose tokens count: which key one must be signed with, and whom it stands for. Signature
 * and times are for {@link TokenVerifier} to check, the same for all.
 */
sealed interface Issuer permits VaultTokens, OidcIssuer, AppTokens {

  /**
   * The key for a token that names it so.
   *
   * @throws NotAuthenticated if there is no such key
   * @throws IssuerUnreachable if that cannot be known now
   */
  TokenKey key(@Nullable String id);

  /**
   * Whom the claims of a verified token stand for; it also checks that the token was made for this
   * vault.
   *
   * @param expires when the token does, already checked
   * @throws NotAuthenticated if for nobody here
   */
  Identified identified(JWTClaimsSet claims, Instant expires);

  /**
   * A caller, and the registered app that it is, if it is one: when that app changes, the token
   * counts no longer.
   */
  record Identified(Caller caller, Optional<RegisteredApp> app) {
    /** The same, as surely as the issuer says: an app's own tokens say nothing of that. */
    Identified assured(JWTClaimsSet claims) {
      return new Identified(caller.as(AuthenticationContext.by(claims)), app);
    }

    /** The same, for what the token of an app was made for. */
    Identified stating(JWTClaimsSet claims) {
      return caller.role() == Role.APP
          ? new Identified(caller.stating(TokenGrant.by(claims)), app)
          : this;
    }

    /** The same under another name. */
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
