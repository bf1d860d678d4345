package io.contextkeep.vault.changes;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A change to what operators set: what there was, what there shall be, who asked and who decided.
 *
 * @param target the name of what is changed, such as an app's id
 * @param before the document in force when it was proposed, as canonical JSON; empty for a new one
 * @param after the document that takes its place
 * @param proposer the pseudonym of the operator who asked
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

  /** How long a proposal can be approved. */
  public static final Duration LIFETIME = Duration.ofDays(30);

  /** How far a proposal may be ahead of a clock that was read before it was made. */
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  /** A kind of document that operators set. */
  public enum Kind {
    APP("app"),
    ATTRIBUTE("attribute"),
    AGENT("rights-agent"),
    BUDGET("budget");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    public String code() {
      return code;
    }
  }

  /** How far a change has come. */
  public enum State {
    PROPOSED,
    APPLIED,
    WITHDRAWN,
    REJECTED,
    EXPIRED;

    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Returns whether a proposal of that instant can no longer be approved. One of the future was
   * made while the clock was ahead: it must not live until that time comes.
   */
  public static boolean hasExpired(Instant proposed, Instant now) {
    return now.isAfter(proposed.plus(LIFETIME)) || proposed.isAfter(now.plus(TOLERANCE));
  }
}
