package io.contextkeep.vault.core;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.VaultClock;
import io.contextkeep.vault.ops.Metrics;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * The infrastructure that every feature is built on. The composition root opens and closes it.
 *
 * @param issuer the vault's name in its signatures
 */
public record Core(
    Db db,
    SubjectKeys keys,
    AuditLog log,
    RootKey root,
    VaultClock clock,
    SecureRandom random,
    Metrics metrics,
    String issuer) {

  /** Returns the clock by which data is deleted and messages are given up. */
  public InstantSource settled() {
    return clock.settled();
  }

  /** Returns the key that signs receipts, certificates and outgoing messages. */
  public JwsKey signingKey() {
    return new JwsKey("receipts-1", root.subkey("consent-receipts/v1"));
  }

  /** Returns the blind index of identifiers. */
  public BlindIndex blindIndex() {
    return new BlindIndex(root);
  }
}
