package io.contextkeep.vault.rights;

import io.contextkeep.ontology.Coded;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** The state of a case in relation to its time to answer. */
enum Clock implements Coded {
  RUNNING,
  DUE_SOON,
  OVERDUE,
  MET,
  MISSED;

  /** The time before its due time from which an open case needs attention. */
  public static final Duration SOON = Duration.ofDays(7);

  /** The state in SQL, of one row and two parameters: now plus {@link #SOON}, and now. */
  static final String SQL =
      """
      CASE WHEN answered IS NULL
        THEN CASE WHEN due > ? THEN 'running' WHEN due > ? THEN 'due-soon' ELSE 'overdue' END
        ELSE CASE WHEN answered < due THEN 'met' ELSE 'missed' END END\
      """;

  /**
   * Returns the state of a case.
   *
   * @param due the first moment that is too late
   */
  static Clock of(Instant due, Optional<Instant> answered, Instant now) {
    if (answered.isPresent()) {
      return answered.get().isBefore(due) ? MET : MISSED;
    }
    if (now.plus(SOON).isBefore(due)) {
      return RUNNING;
    }
    return now.isBefore(due) ? DUE_SOON : OVERDUE;
  }

  public static Optional<Clock> parse(String code) {
    return Arrays.stream(values()).filter(clock -> clock.code().equals(code)).findFirst();
  }
}
