package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.vault.db.Db;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removal of the audit log's oldest entries, if a term is configured, a few thousand in each
 * transaction. Without a term the log keeps everything: C2SP tlog-tiles requires a policy for
 * pruning, and most laws demand years.
 */
final class AuditRetention {
  private static final Logger LOG = LoggerFactory.getLogger(AuditRetention.class);

  private final Db db;
  private final AuditLog log;
  private final InstantSource clock;
  private final Optional<Duration> term;
  private boolean walHoldsPruned;

  /**
   * Makes the retention.
   *
   * @param term the age at which entries are removed; empty to keep them permanently
   */
  public AuditRetention(Db db, AuditLog log, InstantSource clock, Optional<Duration> term) {
    this.db = db;
    this.log = log;
    this.clock = clock;
    this.term = term;
  }

  /** Removes all entries that are too old and returns their number. */
  public synchronized long sweep() {
    if (term.isEmpty()) {
      return 0;
    }
    Instant oldest = clock.instant().minus(term.get());
    long pruned = 0;
    for (long chunk = log.prune(oldest); chunk > 0; chunk = log.prune(oldest)) {
      pruned += chunk;
    }
    walHoldsPruned |= pruned > 0;
    if (pruned > 0) {
      LOG.atInfo().addKeyValue("entries", pruned).log("audit log pruned");
    }
    if (walHoldsPruned) {
      db.truncateWal();
      walHoldsPruned = false;
    }
    return pruned;
  }
}
