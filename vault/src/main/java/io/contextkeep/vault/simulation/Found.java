package io.contextkeep.vault.simulation;

import io.contextkeep.audit.AuditRow;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Question;

/** A decision in the log. */
sealed interface Found {
  AuditRow entry();

  /** Returns the policy that decided. */
  default PolicyIdentity policy() {
    return new PolicyIdentity(
        entry().word("policy"), entry().word("policyDigest"), entry().word("dataDigest"));
  }

  /** A decision with its question. */
  record Recorded(AuditRow entry, Question question) implements Found {
    /** Returns the customer's number. */
    public long subject() {
      return question.subject().id().orElseThrow().value();
    }

    @Override
    public String toString() {
      return "Recorded[" + entry.index() + ", redacted]";
    }
  }

  /** A decision without its question. */
  record Missing(AuditRow entry, MissingReason why) implements Found {}
}
