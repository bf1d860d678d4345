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
 * Removes the audit log's oldest entries where a term for them is set, a few thousand in one
 * transaction. Without a term a log keeps everything: C2SP tlog-tiles lets no log prune without a
 * policy, and most laws ask for years.
 */
public final class AuditRetention {
  private static final Logger LOG = LoggerFactory.getLogger(AuditRetention.class);

  private final Db db;
  private final AuditLog log;
  private final InstantSource clock;
  private final Optional<Duration> term;
  private boolean walHoldsPruned;

  /**
   * @param term how old entries may become; empty keeps them for ever
   */
  public AuditRetention(Db db, AuditLog log, InstantSource clock, Optional<Duration> term) {
    this.db = db;
    this.log = log;
    this.clock = clock;
    this.term = term;
  }

  /** Removes all that is too old; returns how many entries. */
  public synchronized long sweep() {
    if (term.isEmpty()) {
      return 0;
    }
    Instant oldest = clock.instant().minus(term.get());
    long pruned = 0;
    for (long some = log.prune(oldest); some > 0; some = log.prune(oldest)) {
      pruned += some;
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
