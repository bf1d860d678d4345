package io.contextkeep.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * An engine that remembers the decisions of another. This is sound because a policy is a pure
 * function: its capabilities include no clock, network or randomness, its data is fixed for the
 * life of the engine, and the key is the whole input. Failures are not remembered.
 */
public final class MemoisedEngine implements PolicyEngine {
  private final PolicyEngine engine;
  private final Cache<String, PolicyDocument> remembered;

  /**
   * Wraps an engine and closes it when this is closed.
   *
   * @param max the most decisions to remember
   */
  public MemoisedEngine(PolicyEngine engine, int max) {
    this.engine = engine;
    this.remembered = Caffeine.newBuilder().maximumSize(max).build();
  }

  @Override
  public PolicyDocument evaluate(String input) throws PolicyFailure {
    PolicyDocument known = remembered.getIfPresent(input);
    if (known == null) {
      known = engine.evaluate(input);
      remembered.put(input, known);
    }
    return known;
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
