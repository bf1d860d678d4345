package io.contextkeep.policy.server;

import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyFailure.Kind;

/** How engines fail, as tests ask it. */
final class Failures {

  private Failures() {}

  /** The kind of the failure that there must be. */
  static Kind of(PolicyEngine engine, String input) {
    try {
      throw new AssertionError("an answer: " + engine.evaluate(input).json());
    } catch (PolicyFailure failure) {
      return failure.kind();
    }
  }
}
