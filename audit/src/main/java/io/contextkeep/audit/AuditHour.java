package io.contextkeep.audit;

import io.contextkeep.audit.note.Wire;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * A complete hour of the log, with the log's state at its end, so that statements about the hour
 * can be checked against its entries. Entries are in order of time, so an hour is complete once
 * there is an entry of a later one: no entry can be added to it any more. No clock is involved.
 *
 * @param number the hours since 1970
 * @param sizeBefore the log's size when the hour began, which is the index of its first entry
 * @param size the log's size when it ended
 * @param root the root of the tree of that size (RFC 6962), as in a checkpoint
 * @param counted whether {@link AuditSummary#ever} counts as many entries as lie between the sizes;
 *     false if some were pruned before the counts of pruned entries were kept
 */
public record AuditHour(long number, long sizeBefore, long size, String root, boolean counted) {
  private static final String NEXT =
      "SELECT min(hour) FROM (SELECT min(hour) AS hour FROM audit_tally WHERE hour > ?"
          + " UNION ALL SELECT min(hour) FROM audit_pruned_tally WHERE hour > ?) AS next";

  private static final String PRUNED =
      "SELECT max(last) + 1 FROM audit_pruned_tally"
          + " WHERE hour = (SELECT max(hour) FROM audit_pruned_tally WHERE hour < ?)";

  private static final String ENTRIES =
      "SELECT coalesce(sum(entries), 0) FROM (SELECT entries FROM audit_tally WHERE hour = ?"
          + " UNION ALL SELECT entries FROM audit_pruned_tally WHERE hour = ?) AS counted";

  public Instant start() {
    return start(number);
  }

  public Instant end() {
    return start(number + 1);
  }

  private static Instant start(long hour) {
    return Instant.ofEpochMilli(hour * Kinds.HOUR);
  }

  /** Returns the last complete hour; 0 if there is none. */
  public static long newest(Connection c) throws SQLException {
    long last = new Entries(c).leaf(Entries.size(c) - 1).map(Leaf::text).map(Leaf::time).orElse(0L);
    return Math.max(0, last / Kinds.HOUR - 1);
  }

  /** Returns the next hour with entries; empty if it is not over. */
  public static OptionalLong after(Connection c, long hour) throws SQLException {
    long newest = newest(c);
    LongStream indexed = number(c, NEXT, hour, hour).stream().filter(next -> next <= newest);
    LongStream behind =
        SearchIndex.behind(c, hour + 1, newest + 1).keySet().stream()
            .mapToLong(SearchIndex.Count::hour);
    return LongStream.concat(indexed, behind).min();
  }

  /** Returns a complete hour. */
  public static AuditHour of(Connection c, long hour) throws SQLException {
    long before = sizeAt(c, hour);
    long size = sizeAt(c, hour + 1);
    byte[] root = StoredTiles.proofs(c, Entries.size(c)).root(size);
    long behind =
        SearchIndex.behind(c, hour, hour + 1).values().stream().mapToLong(Long::longValue).sum();
    boolean counted = number(c, ENTRIES, hour, hour).orElse(0) + behind == size - before;
    return new AuditHour(hour, before, size, Wire.base64(root), counted);
  }

  /** Returns the number of entries before the hour, including pruned ones. */
  private static long sizeAt(Connection c, long hour) throws SQLException {
    return Math.max(new Entries(c).firstAt(hour * Kinds.HOUR), number(c, PRUNED, hour).orElse(0));
  }

  private static OptionalLong number(Connection c, String sql, long... arguments)
      throws SQLException {
    try (PreparedStatement select = c.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        select.setLong(i + 1, arguments[i]);
      }
      try (ResultSet row = select.executeQuery()) {
        return row.next() && row.getObject(1) != null
            ? OptionalLong.of(row.getLong(1))
            : OptionalLong.empty();
      }
    }
  }
}
