package io.contextkeep.vault.changes;

import io.contextkeep.ontology.Coded;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A change to a document that operators set.
 *
 * @param target the name of the document, such as an app's id
 * @param before the document in force when it was proposed, as canonical JSON; empty for a new one
 * @param after the document that takes its place
 * @param proposer the pseudonym of the operator who proposed it
 * @param decider the pseudonym of the operator who approved, rejected or withdrew it
 * @param entry the entry of the log that shows that it was applied
 */
public record Change(
    long id,
    Kind kind,
    String target,
    State state,
    Optional<String> reason,
    Optional<String> before,
    String after,
    String proposer,
    Instant proposed,
    Optional<String> decider,
    Optional<Instant> decided,
    Optional<Long> entry) {

  /** The time within which a proposal can be approved. */
  public static final Duration LIFETIME = Duration.ofDays(30);

  /** The tolerated lead of a proposal over a clock that was read before it was made. */
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  /** A kind of document that operators set. */
  public enum Kind implements Coded {
    APP("app"),
    ATTRIBUTE("attribute"),
    AGENT("rights-agent"),
    BUDGET("budget");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    @Override
    public String code() {
      return code;
    }
  }

  /** The state of a change. */
  public enum State implements Coded {
    PROPOSED,
    APPLIED,
    WITHDRAWN,
    REJECTED,
    EXPIRED
  }

  /**
   * Returns whether a proposal made at an instant can no longer be approved. A proposal from the
   * future was made while the clock was ahead, and counts as expired too.
   */
  public static boolean hasExpired(Instant proposed, Instant now) {
    return now.isAfter(proposed.plus(LIFETIME)) || proposed.isAfter(now.plus(TOLERANCE));
  }
}
