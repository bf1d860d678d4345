package io.contextkeep.vault;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.witness.Witness;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.db.Db;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the settings say of witnesses: those of this log, and the logs that this vault watches. */
final class WitnessSettings {
  private WitnessSettings() {}

  /**
   * Which witnesses this log has and how many of them are enough; empty where none are configured.
   *
   * @throws IllegalArgumentException naming the setting, the line and what is wrong with it
   */
  static Optional<TrustPolicy> ofThisLog(VaultConfig config, AuditLog log) throws IOException {
    if (config.audit().witnesses().isEmpty()) {
      return Optional.empty();
    }
    TrustPolicy policy = parsed("audit.witnesses", config.audit().witnesses().get());
    for (TrustPolicy.Witness witness : policy.witnesses()) {
      if (witness
          .url()
          .filter(url -> !isHttp(url.getScheme()) || url.getHost() == null)
          .isPresent()) {
        throw new IllegalArgumentException(
            "audit.witnesses: the URL of the witness " + witness.name() + " is not http or https");
      }
    }
    return Optional.of(policy.trusting(log.verifiers()));
  }

  /**
   * This vault as a witness; one that watches no log answers that to everybody.
   *
   * @param memory what it cosigned, where it is to watch any
   */
  static Witness witness(VaultConfig config, RootKey root, Optional<Db> memory, InstantSource clock)
      throws IOException {
    List<SignerKey> signers = signers(config, root, clock);
    if (memory.isEmpty() || config.audit().witnessLogs().isEmpty()) {
      return Witness.ofNoLog(signers);
    }
    Map<String, List<VerifierKey>> logs = new HashMap<>();
    for (TrustPolicy.Log log : parsed("witness.logs", config.audit().witnessLogs().get()).logs()) {
      logs.computeIfAbsent(log.key().name(), _ -> new ArrayList<>()).add(log.key());
    }
    return new Witness(memory.get(), signers, logs);
  }

  /** Named after the log, beside which it is served. */
  static List<SignerKey> signers(VaultConfig config, RootKey root, InstantSource clock) {
    String name = config.audit().origin().replaceFirst("/audit$", "") + "/witness";
    return List.of(
        SignerKey.ed25519Cosigner(name, root.subkey("witness/ed25519/1").getEncoded(), clock),
        SignerKey.mlDsa44Cosigner(name, root.subkey("witness/ml-dsa-44/1").getEncoded(), clock));
  }

  private static boolean isHttp(String scheme) {
    return "http".equals(scheme) || "https".equals(scheme);
  }

  private static TrustPolicy parsed(String setting, Path file) throws IOException {
    try {
      return TrustPolicy.parse(Files.readAllBytes(file));
    } catch (TrustPolicy.MalformedPolicy e) {
      throw new IllegalArgumentException(setting + ": " + e.getMessage(), e);
    }
  }
}
