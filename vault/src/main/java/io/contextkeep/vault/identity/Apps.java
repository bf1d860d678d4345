package io.contextkeep.vault.identity;

import java.util.Optional;

/**
 * The lookup of registered apps. Both methods answer from memory, since every request calls them.
 */
public interface Apps {
  Optional<RegisteredApp> byId(String id);

  Optional<RegisteredApp> byClientId(String clientId);
}
