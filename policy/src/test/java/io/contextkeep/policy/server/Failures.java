package io.contextkeep.policy.server;

import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyFailure.Kind;

/** The failures of engines, for tests. */
final class Failures {

  private Failures() {}

  /** Returns the kind of the expected failure. */
  static Kind of(PolicyEngine engine, String input) {
    try {
      throw new AssertionError("an answer: " + engine.evaluate(input).json());
    } catch (PolicyFailure failure) {
      return failure.kind();
    }
  }
}
