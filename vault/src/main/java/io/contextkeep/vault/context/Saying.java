package io.contextkeep.vault.context;

import io.contextkeep.audit.EntryType;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.identity.Role;
import java.util.List;
import java.util.Optional;

/**
 * All that the log entry of a prepared read says, besides the ids of its decision and its request:
 * with this and the read's question equal, two entries say the same. The digest is that of the
 * policy's whole answer, with what a permit releases.
 */
record Saying(
    EntryType type,
    boolean permits,
    String digest,
    PolicyIdentity policy,
    String basis,
    List<String> reasons,
    String actor,
    Role role,
    Identifier customer,
    Optional<String> reason) {
  static Saying of(ReadRequest ask, EntryType type, Decision decision) {
    return new Saying(
        type,
        decision instanceof Permit,
        decision.digest(),
        decision.policy(),
        decision.basis(),
        decision instanceof Refusal refusal ? refusal.reasons() : List.of(),
        ask.caller().id(),
        ask.caller().role(),
        ask.customer(),
        ask.reason());
  }

  @Override
  public String toString() {
    return "Saying[redacted]";
  }
}
