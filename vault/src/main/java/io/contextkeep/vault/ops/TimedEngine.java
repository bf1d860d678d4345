package io.contextkeep.vault.ops;

import io.contextkeep.policy.PolicyDocument;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyIdentity;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** An engine that times all evaluations, including failed ones. */
record TimedEngine(PolicyEngine engine, Timer timer) implements PolicyEngine {
  @Override
  public PolicyDocument evaluate(String input) throws PolicyFailure {
    long begun = System.nanoTime();
    try {
      return engine.evaluate(input);
    } finally {
      timer.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
    }
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
