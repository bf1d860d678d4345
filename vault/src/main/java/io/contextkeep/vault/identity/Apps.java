package io.contextkeep.vault.identity;

import java.util.Optional;

/**
 * The lookup of registered apps. Both methods answer from memory, since every request calls them.
 */
public interface Apps {
  Optional<RegisteredApp> byId(String id);

  Optional<RegisteredApp> byClientId(String clientId);

  /**
   * The identity of a registered app. A cached token is accepted only while its app equals the one
   * it was verified for.
   *
   * @param jwk its public key, as {@link AppKey#json()} gives it
   * @param clientId its client id at the configured issuers
   * @param asks whether it may have the role app, because a purpose is registered
   * @param writes whether it may have the role source, because a facet is registered
   */
  record RegisteredApp(
      String id, Optional<String> jwk, Optional<String> clientId, boolean asks, boolean writes) {

    boolean may(Role role) {
      return role == Role.APP && asks || role == Role.SOURCE && writes;
    }

    /** Returns the app's role where its token has none; the role app takes precedence. */
    Role usualRole() {
      return asks ? Role.APP : Role.SOURCE;
    }
  }
}
