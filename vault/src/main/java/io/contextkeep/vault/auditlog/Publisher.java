package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.vault.jobs.Job;
import java.time.Duration;

/**
 * Shows the audit log to the world, about once a second: first the index of labels records its
 * root, if there is news, then the checkpoint over it is cosigned. No request waits for it.
 */
public final class Publisher {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final VerifiableIndex index;
  private final AuditLog log;

  public Publisher(VerifiableIndex index, AuditLog log) {
    this.index = index;
    this.log = log;
  }

  /** Makes the job that publishes; a stop lets it end what it has begun. */
  public Job job() {
    return Job.every("audit-publisher", PAUSE, this::publish).toItsEnd();
  }

  /** Does now what is done every second. The checkpoint does not wait for the index. */
  public void publish() {
    try {
      index.update();
    } finally {
      log.publish();
    }
  }
}
