package io.contextkeep.vault.context;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.policy.Reads;
import io.contextkeep.vault.db.Db;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The number of reads that each app was permitted for each purpose within the last hour. It is
 * counted in memory, by the minute, and is never too low. Reads before the start are taken from the
 * audit log, so a restart permits no more reads.
 */
final class HourlyReads implements Reads {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long HOUR = 60;

  private record Kind(String app, String purpose) {}

  private final Db db;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Kind, TreeMap<Long, Integer>> minutes = new HashMap<>();

  public HourlyReads(Db db, InstantSource clock) {
    this.db = db;
    this.clock = clock;
  }

  @Override
  public boolean take(String app, String purpose, int perHour) {
    return counted(app, purpose, perHour, 1);
  }

  @Override
  public boolean left(String app, String purpose, int perHour) {
    return counted(app, purpose, perHour, 0);
  }

  private boolean counted(String app, String purpose, int perHour, int more) {
    lock.lock();
    try {
      TreeMap<Long, Integer> reads = reads(new Kind(app, purpose), perHour);
      long now = clock.millis() / MINUTE;
      reads.headMap(now - HOUR).clear();
      // The log keeps the times of a clock that was ahead.
      reads.tailMap(now + HOUR).clear();
      boolean within = reads.values().stream().mapToLong(Integer::longValue).sum() < perHour;
      if (within && more > 0) {
        reads.merge(now, more, Integer::sum);
      }
      return within;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the counts, under the lock: a logged read that is not counted is from before the start.
   */
  private TreeMap<Long, Integer> reads(Kind kind, int perHour) {
    TreeMap<Long, Integer> known = minutes.get(kind);
    if (known == null) {
      known = db.inRead(c -> logged(c, kind, perHour));
      minutes.put(kind, known);
    }
    return known;
  }

  /** Counts the newest entries, no more than the permitted reads; older ones change no answer. */
  private static TreeMap<Long, Integer> logged(Connection c, Kind kind, int perHour)
      throws SQLException {
    AuditQuery query = AuditQuery.permittedTo(kind.app, kind.purpose);
    TreeMap<Long, Integer> reads = new TreeMap<>();
    for (long time : AuditSearch.times(c, query, perHour)) {
      reads.merge(time / MINUTE, 1, Integer::sum);
    }
    return reads;
  }
}
