package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The counters of each customer's entries. A number is taken in the transaction that uses it, so
 * there is no gap, and no number is used twice. Confined to the store's writer.
 *
 * <p>After an erasure a number would start again at 0 and its label with it, which would look like
 * a forged one. So the customers erased last are remembered, for the requests about them that were
 * under way; later requests do not find the customer any more.
 */
final class Counters {
  /** Returns the number of entries about a customer below an index, including pruned ones. */
  static final String BELOW =
      """
      SELECT coalesce(max(n) + 1, 0) FROM (
        SELECT max(n) AS n FROM audit_private WHERE subject = ? AND idx < ?
        UNION ALL SELECT n FROM audit_pruned_subject WHERE subject = ?) AS numbers\
      """;

  private static final int CACHED = 65_536;
  private static final int ERASED = 65_536;

  private final Prepared prepared;
  private final Map<Long, Long> next =
      new LinkedHashMap<>(1_024, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > CACHED;
        }
      };
  private final Set<Long> erased = new LinkedHashSet<>();
  private final Set<Long> pendingErased = new LinkedHashSet<>();

  Counters(Prepared prepared) {
    this.prepared = prepared;
  }

  /**
   * Counts an entry.
   *
   * @throws StoreUnavailable if the customer was erased
   */
  long next(Connection c, long subject) throws SQLException {
    if (erased.contains(subject) || pendingErased.contains(subject)) {
      throw new StoreUnavailable("The customer was erased during the request");
    }
    Long cached = next.get(subject);
    long n = cached == null ? stored(c, subject) : cached;
    next.put(subject, n + 1);
    return n;
  }

  void erase(long subject) {
    next.remove(subject);
    pendingErased.add(subject);
  }

  void committed() {
    erased.addAll(pendingErased);
    pendingErased.clear();
    while (erased.size() > ERASED) {
      erased.remove(erased.iterator().next());
    }
  }

  /** Discards the counts after a rollback; the database has the valid ones. */
  void rolledBack() {
    next.clear();
    pendingErased.clear();
  }

  private long stored(Connection c, long subject) throws SQLException {
    PreparedStatement max = prepared.on(c, BELOW);
    max.setLong(1, subject);
    max.setLong(2, Long.MAX_VALUE);
    max.setLong(3, subject);
    try (ResultSet row = max.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
