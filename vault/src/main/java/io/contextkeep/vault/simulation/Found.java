package io.contextkeep.vault.simulation;

import io.contextkeep.audit.AuditRow;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Question;

/** A decision that the log holds. */
public sealed interface Found {
  AuditRow entry();

  /** What decided it. */
  default PolicyIdentity policy() {
    return new PolicyIdentity(
        entry().word("policy"), entry().word("policyDigest"), entry().word("dataDigest"));
  }

  /** With the question that was decided. */
  record Recorded(AuditRow entry, Question question) implements Found {
    /** Whom it concerns. */
    public long subject() {
      return question.subject().id().orElseThrow().value();
    }

    @Override
    public String toString() {
      return "Recorded[" + entry.index() + ", redacted]";
    }
  }

  /** Without. */
  record Missing(AuditRow entry, MissingReason why) implements Found {}
}
