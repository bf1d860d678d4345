package io.contextkeep.policy;

/**
 * Something that evaluates the gate's policy. It gives what the policy gives; whether that is a
 * decision is for {@link PolicyGate} to judge.
 */
public interface PolicyEngine extends AutoCloseable {

  /**
   * The decision document for the input.
   *
   * @throws PolicyFailure if there is none: undefined, trapped, too slow or too busy
   */
  PolicyDocument evaluate(String input) throws PolicyFailure;

  PolicyIdentity identity();

  @Override
  void close();
}
