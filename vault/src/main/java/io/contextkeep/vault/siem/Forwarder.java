package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.audit.LogReader;
import io.contextkeep.vault.jobs.Backoff;
import io.contextkeep.vault.jobs.Job;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The forwarding of the log's durable entries to one collector, each at least once and in order. It
 * reads committed entries in a job of its own and keeps its position in a file, so that neither
 * reads nor writes wait for a collector. A failed transfer is repeated after a second, and then at
 * longer intervals of up to a minute; only the position is kept meanwhile.
 */
final class Forwarder {
  private static final int BATCH = 500;
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

  private final LogReader reader;
  private final AuditLog log;
  private final Collector collector;
  private final Cursor cursor;
  private final Runnable failed;
  private final Duration firstPause;
  private volatile boolean ending;

  Forwarder(
      LogReader reader,
      AuditLog log,
      Collector collector,
      Cursor cursor,
      Runnable failed,
      Duration firstPause) {
    this.reader = reader;
    this.log = log;
    this.collector = collector;
    this.cursor = cursor;
    this.failed = failed;
    this.firstPause = firstPause;
  }

  Forwarder(LogReader reader, AuditLog log, Collector collector, Cursor cursor, Runnable failed) {
    this(reader, log, collector, cursor, failed, FIRST_PAUSE);
  }

  /** Makes the job that forwards. Unconfirmed entries are sent again after the next start. */
  Job job() {
    return Job.whenever("siem-" + name(), () -> POLL, this::forwardCounted)
        .firstAfter(Duration.ZERO)
        .after(Backoff.of(firstPause, MAX_PAUSE))
        .abortedBy(this::end)
        .toItsEnd();
  }

  private void end() {
    ending = true;
    collector.close();
  }

  /** Returns the code of the collector. */
  String name() {
    return collector.name();
  }

  /** Returns the number of durable entries that the collector may not have. */
  long lag() {
    return Math.max(0, log.size() - cursor.next());
  }

  /** Forwards entries and counts failures, except those that a stop of the vault causes. */
  private boolean forwardCounted() throws IOException {
    boolean well = false;
    try {
      boolean more = forward();
      well = true;
      return more;
    } finally {
      if (!well && !ending) {
        failed.run();
      }
    }
  }

  /** Sends the next entries and returns whether there may be more. */
  private boolean forward() throws IOException {
    long size = log.size();
    long next = cursor.next() <= size ? cursor.next() : 0;
    List<AuditRow> entries =
        reader.inRead(c -> AuditSearch.oldest(c, AuditQuery.ALL, next, size, BATCH));
    if (entries.isEmpty()) {
      return false;
    }
    collector.send(entries);
    cursor.advance(entries.getLast().index() + 1);
    return entries.size() == BATCH;
  }
}
