package io.contextkeep.vault.identity;

import java.util.Optional;

/**
 * A registered app as far as its identity goes. A remembered token counts only while the app it
 * stands for is still equal to the one it was verified for.
 *
 * @param jwk its public key, as {@link AppKey#json()} gives it
 * @param clientId its client id at the configured issuers
 * @param asks whether it may have the role app: some purpose is registered
 * @param writes whether it may have the role source: some facet is registered
 */
public record RegisteredApp(
    String id, Optional<String> jwk, Optional<String> clientId, boolean asks, boolean writes) {

  boolean may(Role role) {
    return role == Role.APP && asks || role == Role.SOURCE && writes;
  }

  /** What the app is where its token does not say: one that may ask is not just a source. */
  Role usualRole() {
    return asks ? Role.APP : Role.SOURCE;
  }
}
