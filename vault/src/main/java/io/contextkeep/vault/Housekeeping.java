package io.contextkeep.vault;

import io.contextkeep.vault.auditlog.AuditRetention;
import io.contextkeep.vault.derived.Retention;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.erasure.Erasure;
import java.time.Duration;
import java.util.List;

/** What a vault does by itself to keep its store in order. */
public final class Housekeeping {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private Housekeeping() {}

  /**
   * Makes the jobs.
   *
   * @param requests deletes the cases that the register need not show any more
   * @param clock keeps the vault's time
   * @param sweep how often what is too old is looked for
   */
  public static List<Job> jobs(
      Erasure erasure,
      Retention retention,
      AuditRetention auditRetention,
      Runnable requests,
      Runnable clock,
      Duration sweep) {
    return List.of(
        Job.every("clock", MINUTE, clock),
        Job.every("unfinished-erasures", MINUTE, erasure::resumeUnfinished),
        sweeping("retention", sweep, retention::sweep),
        sweeping("audit-retention", sweep, auditRetention::sweep),
        sweeping("old-requests", sweep, requests));
  }

  /** A sweep that is rare is made a minute after the start too. */
  private static Job sweeping(String name, Duration sweep, Runnable work) {
    Duration first = sweep.compareTo(MINUTE) < 0 ? sweep : MINUTE;
    return Job.every(name, sweep, work).firstAfter(first);
  }
}
