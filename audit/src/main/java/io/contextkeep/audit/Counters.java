package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The counters of each customer's entries. A number is taken in the transaction that uses it, so
 * there is no gap, and no number is used twice. Confined to the store's writer.
 *
 * <p>The last number of a customer is remembered at least until the index of searches has it: the
 * customers recorded last are kept, and they are more than the entries that the index may lack.
 *
 * <p>After an erasure a number would start again at 0 and its label with it, which would look like
 * a forged one. So the customers erased last are remembered, for the requests about them that were
 * under way; later requests do not find the customer any more.
 */
final class Counters {
  private static final int REMEMBERED = 2 * SearchIndex.MOST_BEHIND;
  private static final int ERASED = 65_536;

  /** The numbers of the customers recorded last, oldest first. */
  private final Map<Long, Long> next = new LinkedHashMap<>();

  private final Prepared prepared;
  private final Map<Long, Long> pending = new LinkedHashMap<>();
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
    Long known = pending.get(subject);
    if (known == null) {
      known = next.get(subject);
    }
    long n = known == null ? CustomerEntries.indexed(prepared, c, subject) : known;
    pending.put(subject, n + 1);
    return n;
  }

  void erase(long subject) {
    pendingErased.add(subject);
  }

  void committed() {
    pending.forEach(
        (subject, n) -> {
          next.remove(subject);
          next.put(subject, n);
        });
    pending.clear();
    pendingErased.forEach(next::remove);
    erased.addAll(pendingErased);
    pendingErased.clear();
    forgetOldest(next.keySet(), REMEMBERED);
    forgetOldest(erased, ERASED);
  }

  private static void forgetOldest(Set<Long> subjects, int most) {
    Iterator<Long> oldest = subjects.iterator();
    for (int surplus = subjects.size() - most; surplus > 0; surplus--) {
      oldest.next();
      oldest.remove();
    }
  }

  /** Discards the counts of a transaction that was rolled back. */
  void rolledBack() {
    pending.clear();
    pendingErased.clear();
  }
}
