package io.contextkeep.vault.simulation;

import io.contextkeep.audit.AuditQuery;
import java.time.Duration;
import java.time.Instant;

/** A period from an instant until another, exclusive. */
record Period(Instant from, Instant until) {
  private static final Duration MAX_LENGTH = Duration.ofDays(366);

  /**
   * Makes a period.
   *
   * @throws IllegalArgumentException if it is empty or longer than 366 days
   */
  public Period {
    if (!from.isBefore(until) || Duration.between(from, until).compareTo(MAX_LENGTH) > 0) {
      throw new IllegalArgumentException("A period must end after it begins, within 366 days");
    }
  }

  AuditQuery query() {
    return AuditQuery.ALL.within(from.toEpochMilli(), until.toEpochMilli());
  }
}
