package io.contextkeep.policy;

/**
 * An evaluator of the gate's policy. It returns the policy's result unchecked; {@link PolicyGate}
 * judges whether that is a decision.
 */
public interface PolicyEngine extends AutoCloseable {

  /**
   * Evaluates the policy.
   *
   * @throws PolicyFailure if the result is undefined, or the evaluation fails or is too slow
   */
  PolicyDocument evaluate(String input) throws PolicyFailure;

  PolicyIdentity identity();

  /**
   * Returns the engine of the current policy, for many decisions that must be made by one policy.
   * It goes on deciding after the policy was replaced.
   */
  default PolicyEngine pinned() {
    return this;
  }

  @Override
  void close();
}
