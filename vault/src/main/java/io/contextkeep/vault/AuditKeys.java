package io.contextkeep.vault;

import io.contextkeep.audit.LogKeys;
import io.contextkeep.vault.crypto.RootKey;
import java.time.InstantSource;

/** The audit log's signing keys, derived from the root key: one pair for each generation. */
final class AuditKeys {

  private AuditKeys() {}

  /** Returns the keys of the configured generation, to which the previous one hands over. */
  static LogKeys of(VaultConfig config, RootKey root, InstantSource clock) {
    int generation = config.audit().keyGeneration();
    LogKeys keys = generation(config.audit().origin(), root, generation, clock);
    return generation == 1
        ? keys
        : keys.succeeding(generation(config.audit().origin(), root, generation - 1, clock));
  }

  private static LogKeys generation(
      String origin, RootKey root, int generation, InstantSource clock) {
    return LogKeys.of(
        origin,
        root.subkey("audit-log/ed25519/" + generation).getEncoded(),
        root.subkey("audit-log/ml-dsa-44/" + generation).getEncoded(),
        clock);
  }
}
