package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The entries as the database holds them, read in one transaction: the rows of whole groups, and
 * before the minimum index the few that outlived a pruning.
 */
final class Entries {
  /**
   * The groups and what else is written with them: the last entry of each of the log's own types,
   * by which it finds its way, and how far the index for searches has come.
   */
  static final String SCHEMA =
      """
      CREATE TABLE audit_group (
        first INTEGER PRIMARY KEY, entries INTEGER NOT NULL, time INTEGER NOT NULL,
        leaves BLOB NOT NULL) STRICT;
      CREATE TABLE audit_kept (
        idx INTEGER PRIMARY KEY, time INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
      CREATE TABLE audit_last (type TEXT PRIMARY KEY, idx INTEGER NOT NULL) STRICT;
      """;

  static final String GROUP_OF =
      "SELECT first, leaves FROM audit_group WHERE first > ? AND first <= ?"
          + " ORDER BY first DESC LIMIT 1";
  static final String OLDEST =
      "SELECT first, leaves FROM audit_group WHERE first > ? AND first < ? ORDER BY first";
  static final String NEWEST =
      "SELECT first, leaves FROM audit_group WHERE first > ? AND first < ? ORDER BY first DESC";
  static final String GROUP_AT_OR_AFTER =
      "SELECT first, time FROM audit_group WHERE first >= ? ORDER BY first LIMIT 1";
  static final String KEPT_AT_OR_AFTER =
      "SELECT idx, time FROM audit_kept WHERE idx >= ? ORDER BY idx LIMIT 1";

  private static final String KEPT = "SELECT bytes FROM audit_kept WHERE idx = ?";
  private static final String OLDEST_KEPT =
      "SELECT idx, bytes FROM audit_kept WHERE idx >= ? AND idx < ? ORDER BY idx";
  private static final String NEWEST_KEPT =
      "SELECT idx, bytes FROM audit_kept WHERE idx >= ? AND idx < ? ORDER BY idx DESC";

  /** The types whose last entry the log looks up; a genesis entry names keys too. */
  static final String LAST_KEY = "key";

  static final String LAST_PRUNE = "prune";
  static final String LAST_MAP_ROOT = "map-root";

  private final Connection connection;
  private long first = Long.MAX_VALUE;
  private byte[] bundle = {};

  Entries(Connection connection) {
    this.connection = connection;
  }

  /** A visitor of entries. */
  @FunctionalInterface
  interface Visitor {
    /** Takes an entry and returns whether to go on. */
    boolean take(long index, byte[] leaf) throws SQLException;
  }

  /** Returns the number of entries, including pruned ones. */
  static long size(Connection c) throws SQLException {
    return LogNumber.of(
        c,
        "SELECT coalesce(max(first + entries), 0) FROM audit_group"
            + " WHERE first = (SELECT max(first) FROM audit_group)");
  }

  /** Returns under which name the last entry of the type is noted; empty if it is not. */
  static Optional<String> lastOf(String type) {
    return switch (type) {
      case "genesis", LAST_KEY -> Optional.of(LAST_KEY);
      case LAST_PRUNE, LAST_MAP_ROOT -> Optional.of(type);
      default -> Optional.empty();
    };
  }

  /** A leaf as text, with its index. */
  record Last(long index, String leaf) {}

  /** Returns the last entry that is noted under the name; empty if there is none, or none more. */
  static Optional<Last> last(Connection c, String name) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement("SELECT idx FROM audit_last WHERE type = ? AND idx >= 0")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        long index = row.getLong(1);
        return new Entries(c).leaf(index).map(leaf -> new Last(index, Leaf.text(leaf)));
      }
    }
  }

  /** Returns an entry; empty if it was pruned or is not there yet. */
  Optional<byte[]> leaf(long index) throws SQLException {
    Optional<byte[]> leaf = remembered(index);
    if (leaf.isEmpty()) {
      read(index);
      leaf = remembered(index);
    }
    return leaf.isPresent() ? leaf : kept(index);
  }

  private Optional<byte[]> remembered(long index) {
    return index < first ? Optional.empty() : EntryGroup.leaf(bundle, index - first);
  }

  /** Returns an entry that a search has found. */
  AuditRow row(long index) throws SQLException {
    return AuditRow.of(
        index, leaf(index).orElseThrow(() -> new SQLException("Entry " + index + " is missing")));
  }

  /** Remembers the group, since what is searched for often lies close together. */
  private void read(long index) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(GROUP_OF)) {
      select.setLong(1, index - EntryGroup.MOST);
      select.setLong(2, index);
      try (ResultSet row = select.executeQuery()) {
        boolean found = row.next();
        first = found ? row.getLong(1) : index;
        bundle = found ? row.getBytes(2) : new byte[0];
      }
    }
  }

  private Optional<byte[]> kept(long index) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(KEPT)) {
      select.setLong(1, index);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
      }
    }
  }

  /** Visits the entries of a range without its end, oldest first. */
  void oldest(long from, long to, Visitor visitor) throws SQLException {
    if (kept(OLDEST_KEPT, from, to, visitor)) {
      groups(OLDEST, from, to, true, visitor);
    }
  }

  /** Visits the entries of a range without its end, newest first. */
  void newest(long from, long to, Visitor visitor) throws SQLException {
    if (groups(NEWEST, from, to, false, visitor)) {
      kept(NEWEST_KEPT, from, to, visitor);
    }
  }

  private boolean kept(String sql, long from, long to, Visitor visitor) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, from);
      select.setLong(2, to);
      try (ResultSet rows = select.executeQuery()) {
        boolean more = true;
        while (more && rows.next()) {
          more = visitor.take(rows.getLong(1), rows.getBytes(2));
        }
        return more;
      }
    }
  }

  private boolean groups(String sql, long from, long to, boolean oldest, Visitor visitor)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, from - EntryGroup.MOST);
      select.setLong(2, to);
      try (ResultSet rows = select.executeQuery()) {
        boolean more = true;
        while (more && rows.next()) {
          long start = rows.getLong(1);
          List<byte[]> leaves = EntryGroup.leaves(rows.getBytes(2));
          for (int i = 0; more && i < leaves.size(); i++) {
            int position = oldest ? i : leaves.size() - 1 - i;
            long index = start + position;
            if (index >= from && index < to) {
              more = visitor.take(index, leaves.get(position));
            }
          }
        }
        return more;
      }
    }
  }

  /** Returns the index after the last older entry, ignoring pruned ones; 0 if none is older. */
  long firstAt(long time) throws SQLException {
    long afterGroup = afterLastOlder(GROUP_AT_OR_AFTER, time);
    if (afterGroup == 0) {
      return afterLastOlder(KEPT_AT_OR_AFTER, time);
    }
    long[] after = {afterGroup};
    oldest(
        afterGroup - 1,
        Long.MAX_VALUE,
        (index, leaf) -> {
          boolean older = Leaf.time(Leaf.text(leaf)) < time;
          if (older) {
            after[0] = index + 1;
          }
          return older;
        });
    return after[0];
  }

  /** Returns the place after the last row that is older, found by halving; 0 if none is. */
  private long afterLastOlder(String atOrAfter, long time) throws SQLException {
    long low = 0;
    long high = size(connection);
    try (PreparedStatement select = connection.prepareStatement(atOrAfter)) {
      while (low < high) {
        long middle = low + (high - low) / 2;
        select.setLong(1, middle);
        try (ResultSet row = select.executeQuery()) {
          if (row.next() && row.getLong(2) < time) {
            low = row.getLong(1) + 1;
          } else {
            high = middle;
          }
        }
      }
    }
    return low;
  }
}
