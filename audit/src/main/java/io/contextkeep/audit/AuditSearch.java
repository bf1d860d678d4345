package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Finds entries in one snapshot, in time that grows with what is found and not with the log. Each
 * kind of entry has its indices in order; those of all matching kinds are merged, with one seek in
 * an index for each entry that is found. Entries are in order of time, so binary search finds the
 * index of a time.
 */
public final class AuditSearch {
  static final String BY_INDEX =
      "SELECT " + AuditRow.COLUMNS + " FROM audit_leaf l WHERE l.idx = ?";
  static final String NEWEST_OF_KIND =
      "SELECT max(idx) FROM audit_leaf WHERE kind = ? AND idx >= ? AND idx < ?";
  static final String OLDEST_OF_KIND =
      "SELECT min(idx) FROM audit_leaf WHERE kind = ? AND idx >= ? AND idx < ?";
  static final String NEWEST =
      "SELECT "
          + AuditRow.COLUMNS
          + " FROM audit_leaf l WHERE l.idx >= ? AND l.idx < ?"
          + " ORDER BY l.idx DESC LIMIT ?";
  static final String OLDEST =
      "SELECT "
          + AuditRow.COLUMNS
          + " FROM audit_leaf l WHERE l.idx >= ? AND l.idx < ?"
          + " ORDER BY l.idx LIMIT ?";
  static final String OF_REQUEST =
      "SELECT "
          + AuditRow.COLUMNS
          + " FROM audit_leaf l JOIN audit_kind k ON k.id = l.kind"
          + " WHERE l.request = ? AND l.request <> '' AND l.idx >= ? AND l.idx < ? AND "
          + AuditQuery.KIND_CONDITION;
  static final String OF_CUSTOMER =
      "SELECT "
          + AuditRow.COLUMNS
          + " FROM audit_private p CROSS JOIN audit_leaf l CROSS JOIN audit_kind k"
          + " WHERE l.idx = p.idx AND k.id = l.kind"
          + " AND p.subject = ? AND l.idx >= ? AND l.idx < ? AND "
          + AuditQuery.KIND_CONDITION
          + " AND l.request = coalesce(?, l.request)";
  static final String OF_CUSTOMERS =
      "SELECT "
          + AuditRow.COLUMNS
          + ", p.subject FROM audit_private p CROSS JOIN audit_leaf l CROSS JOIN audit_kind k"
          + " WHERE l.idx = p.idx AND k.id = l.kind"
          + " AND p.subject BETWEEN ? AND ? AND p.idx >= ? AND p.idx < ? AND "
          + AuditQuery.KIND_CONDITION;
  static final String AT_OR_AFTER =
      "SELECT idx, time FROM audit_leaf WHERE idx >= ? ORDER BY idx LIMIT 1";
  static final String KINDS = "SELECT k.id FROM audit_kind k WHERE " + AuditQuery.KIND_CONDITION;

  /** The kinds of one type, which are fewer, found by the index. */
  static final String KINDS_OF_TYPE =
      "SELECT k.id FROM audit_kind k WHERE k.type = ? AND " + AuditQuery.KIND_CONDITION;

  private static final String KINDS_OF_READS =
      """
      SELECT id FROM audit_kind
      WHERE actor = ? AND purpose = ? AND role = 'app' AND decision = 'permit'\
      """;

  /** The times of a kind's newest entries, found by one seek in its index. */
  static final String TIMES_OF_KIND =
      "SELECT time FROM audit_leaf WHERE kind = ? ORDER BY idx DESC LIMIT ?";

  private static final String NEWEST_FIRST = " ORDER BY l.idx DESC LIMIT ?";
  private static final String OLDEST_FIRST = " ORDER BY l.idx LIMIT ?";

  private final Connection connection;
  private final AuditQuery query;

  private AuditSearch(Connection connection, AuditQuery query) {
    this.connection = connection;
    this.query = query;
  }

  /** Returns the newest matching entries before an index, newest first. */
  public static List<AuditRow> newest(Connection c, AuditQuery query, long before, int limit)
      throws SQLException {
    return new AuditSearch(c, query).find(0, before, limit, true);
  }

  /** Returns the oldest matching entries in a range of indexes, oldest first. */
  public static List<AuditRow> oldest(
      Connection c, AuditQuery query, long from, long before, int limit) throws SQLException {
    return new AuditSearch(c, query).find(from, before, limit, false);
  }

  /** A consumer of entries and their customers. */
  @FunctionalInterface
  public interface About {
    void take(long subject, AuditRow entry);
  }

  /** Visits matching entries about customers in a range of numbers, except erased ones. */
  public static void ofCustomers(Connection c, AuditQuery query, long first, long last, About about)
      throws SQLException {
    new AuditSearch(c, query).ofCustomers(first, last, about);
  }

  private void ofCustomers(long first, long last, About about) throws SQLException {
    List<@Nullable Object> arguments = new ArrayList<>(List.of(first, last));
    arguments.add(query.from().isPresent() ? firstAt(query.from().get()) : 0);
    arguments.add(query.to().isPresent() ? firstAt(query.to().get()) : Long.MAX_VALUE);
    arguments.addAll(query.arguments());
    try (PreparedStatement select = connection.prepareStatement(OF_CUSTOMERS)) {
      bind(select, arguments);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          about.take(rows.getLong(5), AuditRow.of(rows));
        }
      }
    }
  }

  /**
   * Returns the times of the reads that an app was permitted for a purpose.
   *
   * @param most the most reads of each kind, the newest ones
   */
  public static List<Long> permittedReads(Connection c, String app, String purpose, int most)
      throws SQLException {
    List<Long> times = new ArrayList<>();
    for (long kind : numbers(c, KINDS_OF_READS, List.of(app, purpose))) {
      times.addAll(numbers(c, TIMES_OF_KIND, List.of(kind, most)));
    }
    return times;
  }

  private static List<Long> numbers(
      Connection c, String sql, List<? extends @Nullable Object> arguments) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    try (PreparedStatement select = c.prepareStatement(sql)) {
      bind(select, arguments);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          numbers.add(rows.getLong(1));
        }
      }
    }
    return numbers;
  }

  /** Returns whether the log still has every entry since that time. */
  public static boolean isWhole(Connection c, long since) throws SQLException {
    long kept = Pruning.minimum(c);
    return kept == 0 || new AuditSearch(c, AuditQuery.ALL).firstAt(since) > kept;
  }

  private List<AuditRow> find(long first, long before, int limit, boolean newest)
      throws SQLException {
    long from = Math.max(first, query.from().isPresent() ? firstAt(query.from().get()) : 0);
    long to = query.to().isPresent() ? Math.min(before, firstAt(query.to().get())) : before;
    if (query.subject().isPresent()) {
      return ofCustomer(query.subject().get(), from, to, limit, newest);
    }
    if (query.request().isPresent()) {
      return ofRequest(query.request().get(), from, to, limit, newest);
    }
    return query.ofSomeKinds()
        ? merged(from, to, limit, newest)
        : read(newest ? NEWEST : OLDEST, List.of(from, to, limit));
  }

  private List<AuditRow> ofCustomer(long customer, long from, long to, int limit, boolean newest)
      throws SQLException {
    List<@Nullable Object> arguments = new ArrayList<>(List.of(customer, from, to));
    arguments.addAll(query.arguments());
    arguments.add(query.request().orElse(null));
    arguments.add(limit);
    return read(newest ? OF_CUSTOMER + NEWEST_FIRST : OF_CUSTOMER + OLDEST_FIRST, arguments);
  }

  private List<AuditRow> ofRequest(String request, long from, long to, int limit, boolean newest)
      throws SQLException {
    List<@Nullable Object> arguments = new ArrayList<>(List.of(request, from, to));
    arguments.addAll(query.arguments());
    arguments.add(limit);
    return read(newest ? OF_REQUEST + NEWEST_FIRST : OF_REQUEST + OLDEST_FIRST, arguments);
  }

  private List<AuditRow> read(String sql, List<? extends @Nullable Object> arguments)
      throws SQLException {
    List<AuditRow> found = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      bind(select, arguments);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(AuditRow.of(rows));
        }
      }
    }
    return found;
  }

  private static void bind(PreparedStatement statement, List<? extends @Nullable Object> arguments)
      throws SQLException {
    for (int i = 0; i < arguments.size(); i++) {
      statement.setObject(i + 1, arguments.get(i));
    }
  }

  /** Returns the next index of a kind that was not returned yet. */
  private record Head(long kind, long index) {}

  private List<AuditRow> merged(long from, long to, int limit, boolean newest) throws SQLException {
    Comparator<Head> order = Comparator.comparingLong(Head::index);
    PriorityQueue<Head> heads = new PriorityQueue<>(newest ? order.reversed() : order);
    List<AuditRow> found = new ArrayList<>();
    try (PreparedStatement seek =
            connection.prepareStatement(newest ? NEWEST_OF_KIND : OLDEST_OF_KIND);
        PreparedStatement row = connection.prepareStatement(BY_INDEX)) {
      for (long kind : kinds()) {
        head(seek, kind, from, to).ifPresent(index -> heads.add(new Head(kind, index)));
      }
      while (found.size() < limit && !heads.isEmpty()) {
        Head next = heads.remove();
        found.add(row(row, next.index()));
        OptionalLong following =
            newest
                ? head(seek, next.kind(), from, next.index())
                : head(seek, next.kind(), next.index() + 1, to);
        following.ifPresent(index -> heads.add(new Head(next.kind(), index)));
      }
    }
    return found;
  }

  private List<Long> kinds() throws SQLException {
    List<@Nullable Object> arguments = new ArrayList<>();
    query.type().ifPresent(arguments::add);
    arguments.addAll(query.arguments());
    return numbers(connection, query.type().isPresent() ? KINDS_OF_TYPE : KINDS, arguments);
  }

  private static OptionalLong head(PreparedStatement seek, long kind, long from, long to)
      throws SQLException {
    seek.setLong(1, kind);
    seek.setLong(2, from);
    seek.setLong(3, to);
    try (ResultSet row = seek.executeQuery()) {
      long index = row.next() ? row.getLong(1) : 0;
      return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(index);
    }
  }

  private static AuditRow row(PreparedStatement select, long index) throws SQLException {
    select.setLong(1, index);
    try (ResultSet row = select.executeQuery()) {
      row.next();
      return AuditRow.of(row);
    }
  }

  /** Returns the index after the last older entry, ignoring pruned ones. */
  static long firstAt(Connection c, long time) throws SQLException {
    return new AuditSearch(c, AuditQuery.ALL).firstAt(time);
  }

  /** Returns the index of the first entry that is not older; the log's size if all are. */
  private long firstAt(long time) throws SQLException {
    long low = 0;
    long high = size(connection);
    try (PreparedStatement select = connection.prepareStatement(AT_OR_AFTER)) {
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

  static long size(Connection c) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement("SELECT coalesce(max(idx) + 1, 0) FROM audit_leaf");
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
