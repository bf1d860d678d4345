package io.contextkeep.vault.simulation;

import io.contextkeep.audit.AuditQuery;
import java.time.Duration;
import java.time.Instant;

/** From one instant to another, which does not belong to it any more. */
public record Period(Instant from, Instant until) {
  public static final Duration LONGEST = Duration.ofDays(366);

  /**
   * @throws IllegalArgumentException if it is empty or longer than {@link #LONGEST}
   */
  public Period {
    if (!from.isBefore(until) || Duration.between(from, until).compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("A period ends after it begins, within 366 days");
    }
  }

  AuditQuery query() {
    return AuditQuery.ALL.within(from.toEpochMilli(), until.toEpochMilli());
  }
}
