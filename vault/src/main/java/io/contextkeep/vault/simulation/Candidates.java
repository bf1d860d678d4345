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
 * Policies that do not decide anything yet. Each has come through the load gate and has an engine
 * of its own, so that no read waits for it.
 */
public final class Candidates {
  private static final int REMEMBERED = 10_000;

  private final Supplier<Bundle> inForce;
  private final Optional<Trust> trust;
  private final LoadGate gate;
  private final SecureRandom random;

  /**
   * @param inForce the bundle whose rules decide now
   * @param trust whose bundles are taken; nobody's where empty
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

  /** The rules in force over other data. */
  public PolicyGate ofData(String data) throws BundleRejected {
    return loaded(inForce.get().withData(data));
  }

  /** One that was in force before, so it is nobody's to sign again. */
  public PolicyGate ofPast(Bundle bundle) throws BundleRejected {
    return loaded(bundle);
  }

  /** A whole bundle. */
  public PolicyGate ofBundle(byte[] archive) throws BundleRejected {
    if (trust.isEmpty()) {
      throw new BundleRejected(
          BundleRejected.Step.SIGNATURE, "No key is configured that a bundle could be signed by");
    }
    return loaded(BundleReader.read(archive, trust.get()));
  }

  private PolicyGate loaded(Bundle bundle) throws BundleRejected {
    return new PolicyGate(new MemoisedEngine(gate.load(bundle), REMEMBERED), random);
  }
}
