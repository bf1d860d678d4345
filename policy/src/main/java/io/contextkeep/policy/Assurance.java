package io.contextkeep.policy;

import java.util.List;
import java.util.Optional;

/**
 * How surely a caller was authenticated, in the words of the token's issuer: nobody's word for
 * themselves.
 *
 * @param acr the authentication context class (OpenID Connect Core)
 * @param amr the authentication methods (RFC 8176)
 */
public record Assurance(Optional<String> acr, List<String> amr) {
  public static final Assurance NONE = new Assurance(Optional.empty(), List.of());

  public Assurance {
    amr = List.copyOf(amr);
  }
}
