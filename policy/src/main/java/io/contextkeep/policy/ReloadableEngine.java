package io.contextkeep.policy;

import java.util.concurrent.atomic.AtomicReference;

/**
 * An engine whose policy can be replaced while it decides. Each question is answered by the one
 * policy that was in place when it was asked. Decisions remembered of a policy are dropped with it.
 */
public final class ReloadableEngine implements PolicyEngine {
  private final AtomicReference<PolicyEngine> current;

  public ReloadableEngine(PolicyEngine first) {
    this.current = new AtomicReference<>(first);
  }

  /** Replaces the engine. Questions in progress are still answered by the previous one. */
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
