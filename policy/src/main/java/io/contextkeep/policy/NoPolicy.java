package io.contextkeep.policy;

/** The engine of a vault with a configured bundle that has none yet: it decides nothing. */
public final class NoPolicy implements PolicyEngine {
  @Override
  public PolicyDocument evaluate(String input) throws PolicyFailure {
    throw new PolicyFailure(PolicyFailure.Kind.POLICY_UNAVAILABLE, "No policy is loaded");
  }

  @Override
  public PolicyIdentity identity() {
    return PolicyIdentity.NONE;
  }

  @Override
  public void close() {}
}
