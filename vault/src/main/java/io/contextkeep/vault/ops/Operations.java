package io.contextkeep.vault.ops;

import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.vault.net.Secret;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The operational state that the HTTP server shows to operators.
 *
 * @param dead the vital thread that has ended, if any, after which the vault must be stopped
 * @param token the secret of readers of the metrics and of the details of readiness; without it
 *     they are not readable
 * @param requestLog whether each request is logged
 */
public record Operations(
    Metrics metrics,
    Readiness readiness,
    Supplier<Optional<String>> dead,
    Optional<Secret> token,
    boolean requestLog) {

  /**
   * Returns the engine of a remote policy, measured and with its availability in the readiness.
   *
   * @param engine closed with the one returned
   */
  public PolicyEngine watched(PolicyEngine engine, InstantSource clock) {
    WatchedPolicy policy = new WatchedPolicy(metrics.timed(engine), clock);
    readiness.note(() -> policy.answers() ? "policy: answers\n" : "policy: no answer\n");
    return policy;
  }
}
