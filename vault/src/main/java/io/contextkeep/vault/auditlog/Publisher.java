package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.vault.jobs.Job;
import java.time.Duration;

/**
 * The publication of the audit log, about once a second: the new entries come into the index of
 * searches, the index of labels records its root if it has changed, and then the checkpoint is
 * published. No request waits for it.
 */
final class Publisher {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final VerifiableIndex index;
  private final AuditLog log;

  public Publisher(VerifiableIndex index, AuditLog log) {
    this.index = index;
    this.log = log;
  }

  /** Makes the job that publishes; a stop waits for a publication in progress. */
  public Job job() {
    return Job.every("audit-publisher", PAUSE, this::publish).toItsEnd();
  }

  /** Publishes now, even if the index fails. */
  public void publish() {
    try {
      log.index();
      index.update();
    } finally {
      log.publish();
    }
  }
}
