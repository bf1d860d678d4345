package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The check that entries are found and counted by what their leaves say, and that nothing else is:
 * a false index would hide entries from auditors and from customers.
 *
 * <p>While a log is checked step by step, its index goes on too; what it did not have at an entry's
 * step is looked at when the check ends.
 */
final class IndexCheck {
  private static final String BY_KIND =
      "SELECT 1 FROM audit_by_kind WHERE kind = ? AND idx = ? AND time = ?";
  private static final String BY_REQUEST =
      "SELECT 1 FROM audit_by_request WHERE request = ? AND idx = ? AND kind = ?";
  private static final String BY_CUSTOMER =
      "SELECT 1 FROM audit_by_customer WHERE subject = ? AND n = ? AND idx = ? AND kind = ?";

  private static final String GAPS =
      """
      SELECT 1 FROM audit_by_customer p LEFT JOIN audit_pruned_subject s ON s.subject = p.subject
      WHERE p.idx < ? GROUP BY p.subject
      HAVING min(p.n) <> coalesce(max(s.n) + 1, 0) OR max(p.n) - min(p.n) + 1 <> count(*)\
      """;
  private static final String GAP = "the entries about one customer have a gap";

  private final Replay replay;
  private final Map<Kind, Long> numbers = new HashMap<>();
  private final Map<SearchIndex.Count, Long> counted = new HashMap<>();
  private final Prepared prepared = new Prepared();
  private long entries;
  private long requests;

  /** The first entry that the index did not have at its step. */
  private long unchecked = Long.MAX_VALUE;

  private long indexed;
  private Optional<Connection> connection = Optional.empty();

  IndexCheck(Replay replay) {
    this.replay = replay;
  }

  /** Begins a step, in its snapshot. */
  void begin(Connection c) throws SQLException {
    connection = Optional.of(c);
    indexed = SearchIndex.indexed(c);
  }

  /** Ends a step; the next may have another connection. */
  void pause() {
    connection = Optional.empty();
    prepared.close();
  }

  /** Checks the next entry. */
  void entry(SearchIndex.Found entry, Optional<PrivateParts.Part> part) throws SQLException {
    Connection c = connection.orElseThrow();
    count(entry, 1);
    if (entry.index() >= indexed) {
      unchecked = Math.min(unchecked, entry.index());
    } else {
      check(c, entry, part);
    }
  }

  /** Counts by the kind itself: the index may not have given it a number yet. */
  private void count(SearchIndex.Found entry, int more) {
    entries += more;
    requests += entry.request().isEmpty() ? 0 : more;
    counted.merge(
        new SearchIndex.Count(entry.time() / Kinds.HOUR, entry.kind()), (long) more, Long::sum);
  }

  private void check(Connection c, SearchIndex.Found entry, Optional<PrivateParts.Part> part)
      throws SQLException {
    long kind = number(c, entry.kind());
    boolean found =
        isThere(c, BY_KIND, kind, entry.index(), entry.time())
            && (entry.request().isEmpty()
                || isThere(c, BY_REQUEST, entry.request(), entry.index(), kind))
            && (part.isEmpty()
                || isThere(
                    c, BY_CUSTOMER, part.get().subject(), part.get().n(), entry.index(), kind));
    if (!found) {
      replay.problem("entry " + entry.index() + " is not found by what its leaf says");
    }
  }

  private boolean isThere(Connection c, String sql, Object... arguments) throws SQLException {
    PreparedStatement select = prepared.on(c, sql);
    for (int i = 0; i < arguments.length; i++) {
      select.setObject(i + 1, arguments[i]);
    }
    try (ResultSet row = select.executeQuery()) {
      return row.next();
    }
  }

  /** Returns the number of a kind; -1 for one that the log does not know. */
  private long number(Connection c, Kind kind) throws SQLException {
    Long known = numbers.get(kind);
    if (known == null) {
      known = Kinds.stored(c, kind).orElse(-1);
      if (known >= 0) {
        numbers.put(kind, known);
      }
    }
    return known;
  }

  /** Checks what must be of one moment, after the last entry. */
  void end(Connection c) throws SQLException {
    Map<Long, PrivateParts.Part> parts = new HashMap<>();
    long from = Math.min(unchecked, indexed);
    PrivateParts.each(c, from, Long.MAX_VALUE, part -> parts.put(part.index(), part));
    long[] behind = {0};
    new Entries(c)
        .oldest(
            from,
            Long.MAX_VALUE,
            (index, leaf) -> {
              SearchIndex.Found entry = SearchIndex.Found.of(index, leaf);
              if (index < indexed) {
                check(c, entry, Optional.ofNullable(parts.get(index)));
              } else {
                count(entry, -1);
                behind[0] += parts.containsKey(index) ? 1 : 0;
              }
              return true;
            });
    checkCounts(c, PrivateParts.count(c) - behind[0]);
    checkTallies(c);
    checkNumbers(c, parts);
  }

  private void checkCounts(Connection c, long parts) throws SQLException {
    if (LogNumber.of(c, "SELECT count(*) FROM audit_by_kind") != entries
        || LogNumber.of(c, "SELECT count(*) FROM audit_by_request") != requests
        || LogNumber.of(c, "SELECT count(*) FROM audit_by_customer WHERE idx < ?", indexed)
            != parts) {
      replay.problem("the index has other entries than the log");
    }
  }

  /** Checks the counts; a false one would hide entries from summaries. */
  private void checkTallies(Connection c) throws SQLException {
    Map<Kinds.Tally, Long> expected = new HashMap<>();
    for (Map.Entry<SearchIndex.Count, Long> one : counted.entrySet()) {
      if (one.getValue() != 0) {
        long kind = number(c, one.getKey().kind());
        expected.merge(new Kinds.Tally(one.getKey().hour(), kind), one.getValue(), Long::sum);
      }
    }
    try (PreparedStatement select =
            c.prepareStatement("SELECT hour, kind, entries FROM audit_tally");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Kinds.Tally tally = new Kinds.Tally(rows.getLong(1), rows.getLong(2));
        if (expected.getOrDefault(tally, 0L) != rows.getLong(3)) {
          replay.problem("the count of entries of kind " + tally.kind() + " in an hour is false");
        }
        expected.remove(tally);
      }
    }
    if (!expected.isEmpty()) {
      replay.problem("the counts of " + expected.size() + " kinds and hours are missing");
    }
  }

  /** Checks that the numbers of each customer's entries have no gap, also where the index ends. */
  private void checkNumbers(Connection c, Map<Long, PrivateParts.Part> parts) throws SQLException {
    try (PreparedStatement select = c.prepareStatement(GAPS)) {
      select.setLong(1, indexed);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          replay.problem(GAP);
        }
      }
    }
    Map<Long, Long> next = new HashMap<>();
    List<PrivateParts.Part> behind =
        parts.values().stream()
            .filter(part -> part.index() >= indexed)
            .sorted((one, other) -> Long.compare(one.index(), other.index()))
            .toList();
    for (PrivateParts.Part part : behind) {
      Long expected = next.get(part.subject());
      long n = expected == null ? CustomerEntries.indexed(c, part.subject(), indexed) : expected;
      if (part.n() != n) {
        replay.problem(GAP);
      }
      next.put(part.subject(), part.n() + 1);
    }
  }
}
