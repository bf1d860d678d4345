package io.contextkeep.vault.context;

import io.contextkeep.policy.Reads;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How often each app was permitted a read for each purpose within the last hour. It counts in
 * memory, by the minute and rather too long than too short; what was before the start it takes from
 * the audit log, so that nobody reads more because the vault was started again.
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
      // The log's times do not return with a clock that had been ahead.
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

  /** Under the lock: a read that is in the log and not yet counted is from before the start. */
  private TreeMap<Long, Integer> reads(Kind kind, int perHour) {
    TreeMap<Long, Integer> known = minutes.get(kind);
    if (known == null) {
      known = db.inRead(c -> logged(c, kind, perHour));
      minutes.put(kind, known);
    }
    return known;
  }

  /** The newest entries, no more than there may be reads: older ones change no answer. */
  private static TreeMap<Long, Integer> logged(Connection c, Kind kind, int perHour)
      throws SQLException {
    List<Long> entries =
        Sql.query(
            c,
            """
            SELECT id FROM audit_kind
            WHERE actor = ? AND purpose = ? AND role = 'app' AND decision = 'permit'\
            """,
            row -> row.getLong(1),
            kind.app,
            kind.purpose);
    TreeMap<Long, Integer> reads = new TreeMap<>();
    for (long entry : entries) {
      Sql.query(
              c,
              "SELECT time FROM audit_leaf WHERE kind = ? ORDER BY idx DESC LIMIT ?",
              row -> row.getLong(1),
              entry,
              perHour)
          .forEach(time -> reads.merge(time / MINUTE, 1, Integer::sum));
    }
    return reads;
  }
}
