package io.contextkeep.vault.changes;

import io.contextkeep.vault.identity.Role;
import java.time.Instant;
import java.util.Optional;

/** A change as operators see it in a list. */
public record ShownChange(
    long id,
    Change.Kind kind,
    String target,
    Change.State state,
    Optional<String> reason,
    String proposedBy,
    Instant proposed,
    Optional<String> decidedBy,
    Optional<Instant> decided,
    Optional<Long> entry) {

  public static ShownChange of(Change change) {
    return new ShownChange(
        change.id(),
        change.kind(),
        change.target(),
        change.state(),
        change.reason(),
        change.proposer(),
        change.proposed(),
        change.decider(),
        change.decided(),
        change.entry());
  }

  /** Returns the change without the operators' names, as the app itself sees it. */
  public ShownChange withoutOperators() {
    return new ShownChange(
        id,
        kind,
        target,
        state,
        reason,
        Role.OPERATOR.code(),
        proposed,
        decidedBy.map(_ -> Role.OPERATOR.code()),
        decided,
        entry);
  }
}
