package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.audit.LogReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the log's durable entries to one collector, each at least once and in order. It reads what
 * is committed, on a thread of its own, and keeps how far it is in a file: no read and no write
 * ever waits for a collector. One that is down is tried again after a second, then more and more
 * rarely, at last once a minute; meanwhile nothing is kept but the place.
 */
public final class Forwarder implements AutoCloseable {
  private static final int BATCH = 500;
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration GOODBYE = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  private final LogReader reader;
  private final AuditLog log;
  private final Collector collector;
  private final Cursor cursor;
  private final Runnable failed;
  private final Duration firstPause;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private volatile boolean closed;

  Forwarder(
      LogReader reader,
      AuditLog log,
      Collector collector,
      Cursor cursor,
      ThreadFactory threads,
      Runnable failed,
      Duration firstPause) {
    this.reader = reader;
    this.log = log;
    this.collector = collector;
    this.cursor = cursor;
    this.failed = failed;
    this.firstPause = firstPause;
    this.thread = threads.newThread(this::forwardUntilClosed);
  }

  Forwarder(
      LogReader reader,
      AuditLog log,
      Collector collector,
      Cursor cursor,
      ThreadFactory threads,
      Runnable failed) {
    this(reader, log, collector, cursor, threads, failed, FIRST_PAUSE);
  }

  void start() {
    thread.start();
  }

  /** A coded word for where this goes. */
  String name() {
    return collector.name();
  }

  /** How many durable entries the collector may not have yet. */
  long lag() {
    return Math.max(0, log.size() - cursor.next());
  }

  private void forwardUntilClosed() {
    Duration pause = firstPause;
    while (!closed) {
      try {
        boolean more = forward();
        pause = firstPause;
        if (!more) {
          rest(POLL);
        }
      } catch (IOException | RuntimeException | Error e) {
        if (!closed) {
          failed.run();
          LOG.atWarn()
              .addKeyValue("collector", collector.name())
              .addKeyValue("thrown", e.getClass().getName())
              .addKeyValue("again", pause.toMillis())
              .log("entries were not forwarded");
          rest(pause);
          Duration longer = pause.multipliedBy(2);
          pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        }
      }
    }
  }

  /** Sends the next entries; whether there may be more. */
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

  private void rest(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is under way; what was not confirmed is sent again after the next start. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    collector.close();
    try {
      thread.join(TimeUnit.NANOSECONDS.toMillis(GOODBYE.toNanos()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
