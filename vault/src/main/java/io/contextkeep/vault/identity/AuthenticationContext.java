package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import io.contextkeep.policy.Assurance;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code acr} and {@code amr} of a token that an identity provider issued. A claim that does
 * not have its specified form counts as absent, which never raises the assurance.
 */
final class AuthenticationContext {
  /** A name, or a URI as some issuers use it. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9:/?#@._~+=&%-]{1,128}");

  private static final int MAX_METHODS = 16;

  private AuthenticationContext() {}

  static Assurance by(JWTClaimsSet claims) {
    List<?> methods = claims.getClaim("amr") instanceof List<?> list ? list : List.of();
    return new Assurance(
        word(claims.getClaim("acr")),
        methods.stream()
            .limit(MAX_METHODS)
            .flatMap(method -> word(method).stream())
            .sorted()
            .distinct()
            .toList());
  }

  private static Optional<String> word(@Nullable Object claim) {
    return claim instanceof String text && WORD.matcher(text).matches()
        ? Optional.of(text)
        : Optional.empty();
  }
}
