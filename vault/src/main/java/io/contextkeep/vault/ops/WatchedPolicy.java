package io.contextkeep.vault.ops;

import io.contextkeep.policy.PolicyDocument;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyIdentity;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A remote policy engine and its availability. The last question's outcome shows that while it is
 * recent; otherwise, or if it failed, an empty question is sent.
 */
final class WatchedPolicy implements PolicyEngine {
  private static final Duration RECENT = Duration.ofSeconds(5);
  private static final String NOTHING = "{}";

  private final PolicyEngine engine;
  private final InstantSource clock;
  private volatile boolean well;
  private volatile long at;

  /** Wraps the engine, which is closed with this. */
  public WatchedPolicy(PolicyEngine engine, InstantSource clock) {
    this.engine = engine;
    this.clock = clock;
  }

  @Override
  public PolicyDocument evaluate(String input) throws PolicyFailure {
    boolean answered = false;
    try {
      PolicyDocument document = engine.evaluate(input);
      answered = true;
      return document;
    } finally {
      at = clock.millis();
      well = answered;
    }
  }

  /** Returns whether the engine answers. It may ask it, so it must not run on an event loop. */
  public boolean answers() {
    if (!well || Math.abs(clock.millis() - at) >= RECENT.toMillis()) {
      try {
        evaluate(NOTHING);
      } catch (PolicyFailure none) {
        return false;
      }
    }
    return true;
  }

  @Override
  public PolicyIdentity identity() {
    return engine.identity();
  }

  @Override
  public void close() {
    engine.close();
  }
}
