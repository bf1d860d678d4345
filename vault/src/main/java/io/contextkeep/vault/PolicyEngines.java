package io.contextkeep.vault;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.MemoisedEngine;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.bundle.LoadGate;
import io.contextkeep.policy.server.OpaServerEngine;
import io.contextkeep.vault.changes.TwoPeople;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.jobs.Jobs;
import io.contextkeep.vault.net.Clients;
import io.contextkeep.vault.net.PemTrust;
import io.contextkeep.vault.ops.Metrics;
import io.contextkeep.vault.ops.Operations;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.policy.PolicyServerSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;

/** The factory of policy engines. */
final class PolicyEngines {
  /** The size of the cache of decisions, about 20 MB. */
  private static final int REMEMBERED_DECISIONS = 10_000;

  private PolicyEngines() {}

  /** Returns the engine of decisions: the active policy, or the OPA server if one is configured. */
  static PolicyEngine of(
      VaultConfig config, Policies policies, Operations operations, InstantSource clock)
      throws IOException {
    return config.policy().server().isPresent()
        ? server(config, config.policy().server().get(), operations, clock)
        : policies.engine();
  }

  /**
   * Returns the policies in this process, one of them active. Each starts with an empty cache.
   *
   * @param own the built-in policy
   */
  static Policies policies(
      VaultConfig config,
      Bundle own,
      Db db,
      AuditLog log,
      Operations operations,
      ScheduledExecutorService watchdog,
      TwoPeople people,
      InstantSource clock,
      Jobs jobs) {
    Metrics metrics = operations.metrics();
    metrics.policyFailures(Policies.failureCodes());
    int instances = Math.max(2, Runtime.getRuntime().availableProcessors());
    Policies policies =
        Policies.start(
            config.policy(),
            new Policies.Loading(
                own,
                new LoadGate(instances, config.policy().deadline(), watchdog),
                config.store().data().resolve("policy.tar.gz"),
                engine -> new MemoisedEngine(metrics.timed(engine), REMEMBERED_DECISIONS),
                metrics::policyFailed,
                Clients::client),
            db,
            log,
            people,
            clock,
            jobs);
    if (config.policy().server().isEmpty()) {
      operations.readiness().note(policies::note);
    }
    return policies;
  }

  /** Returns a client of the OPA server, without a cache, since its policy changes unannounced. */
  private static PolicyEngine server(
      VaultConfig config, PolicyServerSettings settings, Operations operations, InstantSource clock)
      throws IOException {
    for (Path token : settings.tokenFile().stream().toList()) {
      if (!Files.isReadable(token)) {
        throw new IllegalArgumentException("policy.server.token.file cannot be read: " + token);
      }
    }
    // One connection for each concurrent question, so that none waits for another.
    HttpClient client =
        Clients.builder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(PemTrust.context(settings.ca(), "policy.server.ca"))
            .build();
    return operations.watched(
        new OpaServerEngine(
            client, settings.url(), settings.tokenFile(), config.policy().deadline()),
        clock);
  }
}
