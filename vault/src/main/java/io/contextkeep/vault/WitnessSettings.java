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

/** Settings of witnesses: those of this log, and the logs that this vault watches. */
final class WitnessSettings {
  private WitnessSettings() {}

  /**
   * Returns the witnesses of this log and their quorum; empty if none are configured.
   *
   * @throws IllegalArgumentException naming the setting, the line and the fault
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
   * Returns this vault as a witness, which may watch no log.
   *
   * @param memory the memory of what it cosigned, if it watches a log
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

  /** Returns the witness's name, derived from that of the log. */
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
