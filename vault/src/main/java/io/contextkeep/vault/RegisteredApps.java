package io.contextkeep.vault;

import io.contextkeep.vault.identity.Apps;
import io.contextkeep.vault.identity.Apps.RegisteredApp;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Registry;
import java.util.Optional;

/** The registry's view for authentication: the identities of apps, not what they may read. */
record RegisteredApps(Registry registry) implements Apps {
  @Override
  public Optional<RegisteredApp> byId(String id) {
    return registry.app(id).map(RegisteredApps::identity);
  }

  @Override
  public Optional<RegisteredApp> byClientId(String clientId) {
    return registry.appByClientId(clientId).map(RegisteredApps::identity);
  }

  private static RegisteredApp identity(App app) {
    return new RegisteredApp(
        app.id(),
        Optional.ofNullable(app.jwk()),
        Optional.ofNullable(app.clientId()),
        !app.purposes().isEmpty(),
        !app.facets().isEmpty());
  }
}
