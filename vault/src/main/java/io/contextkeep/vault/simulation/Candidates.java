package io.contextkeep.vault.simulation;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.MemoisedEngine;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.bundle.BundleReader;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.policy.bundle.LoadGate;
import io.contextkeep.policy.bundle.Trust;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * Maker of gates for candidate policies, which are not in force. Each candidate passes the load
 * gate and has an engine of its own, so that no read waits for it.
 */
public final class Candidates {
  private static final int MAX_REMEMBERED = 10_000;

  private final Supplier<Bundle> inForce;
  private final Optional<Trust> trust;
  private final LoadGate gate;
  private final SecureRandom random;

  /**
   * Makes candidates.
   *
   * @param inForce the bundle in force
   * @param trust the condition on which bundles are accepted; empty if none are
   */
  public Candidates(
      Supplier<Bundle> inForce,
      Optional<Trust> trust,
      Duration deadline,
      ScheduledExecutorService watchdog,
      SecureRandom random) {
    this.inForce = inForce;
    this.trust = trust;
    this.gate = new LoadGate(1, deadline, watchdog, 1);
    this.random = random;
  }

  /** Returns the code in force with other data. */
  public PolicyGate ofData(String data) throws BundleRejected {
    return loaded(inForce.get().withData(data));
  }

  /** Returns a policy that was in force before, so that its signature is not needed again. */
  public PolicyGate ofPast(Bundle bundle) throws BundleRejected {
    return loaded(bundle);
  }

  /** Returns the policy of a signed bundle. */
  public PolicyGate ofBundle(byte[] archive) throws BundleRejected {
    if (trust.isEmpty()) {
      throw new BundleRejected(
          BundleRejected.Step.SIGNATURE, "No key is configured that may sign a bundle");
    }
    return loaded(BundleReader.read(archive, trust.get()));
  }

  private PolicyGate loaded(Bundle bundle) throws BundleRejected {
    return new PolicyGate(new MemoisedEngine(gate.load(bundle), MAX_REMEMBERED), random);
  }
}
