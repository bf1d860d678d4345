package io.contextkeep.vault;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.MemoisedEngine;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.policy.server.OpaServerEngine;
import io.contextkeep.vault.ops.Operations;
import io.contextkeep.vault.ops.PemTrust;
import io.contextkeep.vault.ops.WatchedPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;

/** What decides: the policy in process, or an OPA server where one is set. */
final class PolicyEngines {
  /** About 20 MB of questions and answers. */
  private static final int REMEMBERED_DECISIONS = 10_000;

  private PolicyEngines() {}

  static PolicyEngine of(
      VaultConfig config,
      Bundle bundle,
      Operations operations,
      ScheduledExecutorService watchdog,
      InstantSource clock)
      throws IOException {
    return config.policyServer().isPresent()
        ? server(config, config.policyServer().get(), operations, clock)
        : embedded(config, bundle, operations, watchdog);
  }

  private static PolicyEngine embedded(
      VaultConfig config, Bundle bundle, Operations operations, ScheduledExecutorService watchdog) {
    int instances = Math.max(2, Runtime.getRuntime().availableProcessors());
    return new MemoisedEngine(
        operations
            .metrics()
            .timed(new WasmEngine(bundle, instances, config.policyDeadline(), watchdog)),
        REMEMBERED_DECISIONS);
  }

  /** Nothing is remembered of it: its policy changes without anybody here being told. */
  private static PolicyEngine server(
      VaultConfig config, PolicyServerSettings settings, Operations operations, InstantSource clock)
      throws IOException {
    for (Path token : settings.tokenFile().stream().toList()) {
      if (!Files.isReadable(token)) {
        throw new IllegalArgumentException("policy.server.token.file cannot be read: " + token);
      }
    }
    // One connection for each question under way: none waits behind another's.
    HttpClient client =
        Vault.clients()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(PemTrust.context(settings.ca(), "policy.server.ca"))
            .build();
    WatchedPolicy policy =
        new WatchedPolicy(
            operations
                .metrics()
                .timed(
                    new OpaServerEngine(
                        client, settings.url(), settings.tokenFile(), config.policyDeadline())),
            clock);
    operations
        .readiness()
        .note(() -> policy.answers() ? "policy: answers\n" : "policy: no answer\n");
    return policy;
  }
}
