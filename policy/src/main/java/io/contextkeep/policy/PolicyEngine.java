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

  /**
   * The policy of this moment, for a question that is answered by many decisions and must be
   * answered by one policy. It goes on deciding after it was exchanged.
   */
  default PolicyEngine pinned() {
    return this;
  }

  @Override
  void close();
}
