package io.contextkeep.policy;

import java.util.List;
import java.util.Optional;

/**
 * The strength of a caller's authentication, as the token's issuer states it.
 *
 * @param acr the authentication context class (OpenID Connect Core)
 * @param amr the authentication methods (RFC 8176)
 */
public record Assurance(Optional<String> acr, List<String> amr) {
  public static final Assurance NONE = new Assurance(Optional.empty(), List.of());

  /** The assurance with which most can be seen. */
  public static final Assurance STRONGEST = new Assurance(Optional.of("phrh"), List.of("mfa"));

  public Assurance {
    amr = List.copyOf(amr);
  }
}
