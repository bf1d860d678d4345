package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The entries about one customer, by the index and, where it is behind, by the private parts that
 * it does not have yet. All results are of one transaction.
 */
final class CustomerEntries {
  static final String OLDEST =
      "SELECT n, idx FROM audit_by_customer WHERE subject = ? AND idx < ? AND n >= ?"
          + " ORDER BY n LIMIT ?";
  static final String NEWEST =
      "SELECT n, idx FROM audit_by_customer WHERE subject = ? AND idx < ? ORDER BY n DESC LIMIT ?";
  static final String NEWEST_READS =
      """
      SELECT p.n, p.idx FROM audit_by_customer p JOIN audit_kind k ON k.id = p.kind
      WHERE p.subject = ? AND p.idx < ? AND k.type = 'read' ORDER BY p.n DESC LIMIT ?\
      """;

  private static final String READERS =
      """
      SELECT DISTINCT k.actor FROM audit_by_customer p JOIN audit_kind k ON k.id = p.kind
      WHERE p.subject = ? AND p.idx < ? AND k.type = 'read' AND k.role = 'app'
        AND k.decision = 'permit'\
      """;

  private static final String COUNT =
      "SELECT count(*) FROM (SELECT 1 FROM audit_by_customer WHERE subject = ? AND idx < ? LIMIT ?)"
          + " AS parts";

  private static final String INDEXED =
      """
      SELECT coalesce(max(n) + 1, 0) FROM (
        SELECT max(n) AS n FROM audit_by_customer WHERE subject = ? AND idx < ?
        UNION ALL SELECT n FROM audit_pruned_subject WHERE subject = ?) AS numbers\
      """;

  private final Connection connection;
  private final long subject;
  private final Entries entries;

  /** The number of entries that the index has; rows of others are ahead of it. */
  private final long indexed;

  /** The entries that the index does not have, oldest first. */
  private final List<Numbered> tail = new ArrayList<>();

  CustomerEntries(Connection c, long subject) throws SQLException {
    this.connection = c;
    this.subject = subject;
    this.entries = new Entries(c);
    this.indexed = SearchIndex.indexed(c);
    PrivateParts.each(
        c,
        indexed,
        Long.MAX_VALUE,
        part -> {
          if (part.subject() == subject) {
            tail.add(new Numbered(part.n(), part.index()));
          }
        });
  }

  /** A customer's entry, by its number among theirs and its index. */
  record Numbered(long n, long index) {}

  /** Returns the entries below an index from a number on, oldest first. */
  List<Numbered> oldest(long below, long first, int limit) throws SQLException {
    List<Numbered> found = select(OLDEST, Math.min(below, indexed), first, limit);
    tail.stream()
        .filter(one -> one.index() < below && one.n() >= first)
        .limit(limit - found.size())
        .forEach(found::add);
    return found;
  }

  /** Returns the entries before an index, newest first. */
  List<Numbered> newest(long before, int limit) throws SQLException {
    List<Numbered> found = new ArrayList<>();
    for (Numbered one : tail.reversed()) {
      if (one.index() < before && found.size() < limit) {
        found.add(one);
      }
    }
    found.addAll(select(NEWEST, Math.min(before, indexed), limit - found.size()));
    return found;
  }

  /** Returns the entries of permitted reads, newest first. */
  List<Numbered> newestReads(int limit) throws SQLException {
    List<Numbered> found = new ArrayList<>();
    for (Numbered one : tail.reversed()) {
      if (found.size() < limit && isRead(entries.row(one.index()))) {
        found.add(one);
      }
    }
    found.addAll(select(NEWEST_READS, indexed, limit - found.size()));
    return found;
  }

  private static boolean isRead(AuditRow entry) {
    return entry.type().equals(EntryType.READ.code());
  }

  /** Returns the apps with permitted reads. */
  Set<String> readers() throws SQLException {
    Set<String> readers = new TreeSet<>();
    try (PreparedStatement select = connection.prepareStatement(READERS)) {
      select.setLong(1, subject);
      select.setLong(2, indexed);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          readers.add(rows.getString(1));
        }
      }
    }
    for (Numbered one : tail) {
      AuditRow entry = entries.row(one.index());
      if (isRead(entry)
          && entry.word("role").equals("app")
          && entry.word("decision").equals("permit")) {
        readers.add(entry.word("actor"));
      }
    }
    return readers;
  }

  /** Counts the entries up to a limit. */
  long count(int limit) throws SQLException {
    return Math.min(limit, LogNumber.of(connection, COUNT, subject, indexed, limit) + tail.size());
  }

  /** Returns the number of entries below an index, including pruned ones. */
  long total(long below) throws SQLException {
    return tail.stream()
        .filter(one -> one.index() < below)
        .mapToLong(one -> one.n() + 1)
        .reduce(indexed(connection, subject, below), Math::max);
  }

  /**
   * Returns the number of entries below an index that the index of searches has, with pruned ones.
   */
  static long indexed(Connection c, long subject, long below) throws SQLException {
    return LogNumber.of(c, INDEXED, subject, below, subject);
  }

  /** Returns the number of all of them, asked by a writer's kept statement. */
  static long indexed(Prepared prepared, Connection c, long subject) throws SQLException {
    return LogNumber.of(prepared.on(c, INDEXED), subject, Long.MAX_VALUE, subject);
  }

  private List<Numbered> select(String sql, long... arguments) throws SQLException {
    List<Numbered> found = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, subject);
      for (int i = 0; i < arguments.length; i++) {
        select.setLong(i + 2, arguments[i]);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(new Numbered(rows.getLong(1), rows.getLong(2)));
        }
      }
    }
    return found;
  }
}
