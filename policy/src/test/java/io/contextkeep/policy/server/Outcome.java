package io.contextkeep.policy.server;

import io.contextkeep.policy.PolicyDocument;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;

/**
 * The outcome of a question.
 *
 * @param text the digest of the document, or the kind of the failure
 * @param kind yes, no or the kind of the failure
 */
record Outcome(String text, String kind) {

  static Outcome of(PolicyEngine engine, String question) {
    try {
      PolicyDocument document = engine.evaluate(question);
      boolean allowed = document.json().path("allow").asBoolean();
      return new Outcome(document.digest(), allowed ? "yes" : "no");
    } catch (PolicyFailure failure) {
      return new Outcome(failure.kind().name(), failure.kind().name());
    }
  }
}
