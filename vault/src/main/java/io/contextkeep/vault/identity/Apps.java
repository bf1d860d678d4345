package io.contextkeep.vault.identity;

import java.util.Optional;

/**
 * Where registered apps are looked up. Both answer from memory: they are asked for each request.
 */
public interface Apps {
  Optional<RegisteredApp> byId(String id);

  Optional<RegisteredApp> byClientId(String clientId);
}
