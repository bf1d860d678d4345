package io.contextkeep.policy;

import java.util.concurrent.atomic.AtomicReference;

/**
 * An engine whose policy can be exchanged while it decides. A question is answered wholly by the
 * policy that was there when it was asked; whatever was remembered of the old one goes with it.
 */
public final class LivingEngine implements PolicyEngine {
  private final AtomicReference<PolicyEngine> current;

  public LivingEngine(PolicyEngine first) {
    this.current = new AtomicReference<>(first);
  }

  /** From now on this one decides. Questions on their way are still answered by the old one. */
  public void swap(PolicyEngine next) {
    current.getAndSet(next).close();
  }

  @Override
  public PolicyDocument evaluate(String input) throws PolicyFailure {
    return current.get().evaluate(input);
  }

  @Override
  public PolicyIdentity identity() {
    return current.get().identity();
  }

  @Override
  public PolicyEngine pinned() {
    return current.get().pinned();
  }

  @Override
  public void close() {
    current.get().close();
  }
}
