package io.contextkeep.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Remembers what a policy gave. That is sound because a policy is a pure function: its bundle is
 * built with capabilities that hold no clock, no network and no chance, its data is fixed for the
 * life of the engine, and the key is the whole input. A failure is never remembered.
 */
public final class MemoisedEngine implements PolicyEngine {
  private final PolicyEngine engine;
  private final Cache<String, PolicyDocument> remembered;

  /** Takes the engine over: closing this closes it. */
  public MemoisedEngine(PolicyEngine engine, int most) {
    this.engine = engine;
    this.remembered = Caffeine.newBuilder().maximumSize(most).build();
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
