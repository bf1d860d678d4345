package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds entries in one snapshot, in time that grows with what is found and not with the log. Each
 * kind of entry has its indices in order; those of all matching kinds are merged, with one seek in
 * an index for each entry that is found. The newest entries, which the index does not have yet, are
 * read one by one, so that no durable entry is missed. Entries are in order of time, so binary
 * search finds the index of a time.
 */
public final class AuditSearch {
  static final String NEWEST_OF_KIND =
      "SELECT max(idx) FROM audit_by_kind WHERE kind = ? AND idx >= ? AND idx < ?";
  static final String OLDEST_OF_KIND =
      "SELECT min(idx) FROM audit_by_kind WHERE kind = ? AND idx >= ? AND idx < ?";
  static final String OF_REQUEST =
      "SELECT p.idx FROM audit_by_request p JOIN audit_kind k ON k.id = p.kind"
          + " WHERE p.request = ? AND p.idx >= ? AND p.idx < ? AND "
          + AuditQuery.KIND_CONDITION;
  static final String OF_CUSTOMER =
      "SELECT p.idx FROM audit_by_customer p CROSS JOIN audit_kind k"
          + " WHERE k.id = p.kind AND p.subject = ? AND p.idx >= ? AND p.idx < ? AND "
          + AuditQuery.KIND_CONDITION;
  static final String OF_CUSTOMERS =
      "SELECT p.idx, p.subject FROM audit_by_customer p CROSS JOIN audit_kind k"
          + " WHERE k.id = p.kind AND p.subject BETWEEN ? AND ? AND p.idx >= ? AND p.idx < ? AND "
          + AuditQuery.KIND_CONDITION;
  static final String TIMES =
      "SELECT time FROM audit_by_kind WHERE kind = ? AND idx >= ? AND idx < ?"
          + " ORDER BY idx DESC LIMIT ?";
  static final String KINDS = "SELECT k.id FROM audit_kind k WHERE " + AuditQuery.KIND_CONDITION;

  /** The kinds of one type, which are fewer, found by the index. */
  static final String KINDS_OF_TYPE =
      "SELECT k.id FROM audit_kind k WHERE k.type = ? AND " + AuditQuery.KIND_CONDITION;

  static final String OF_CUSTOMER_NEWEST = OF_CUSTOMER + " ORDER BY p.n DESC";
  static final String OF_CUSTOMER_OLDEST = OF_CUSTOMER + " ORDER BY p.n";
  static final String OF_REQUEST_NEWEST = OF_REQUEST + " ORDER BY p.idx DESC";
  static final String OF_REQUEST_OLDEST = OF_REQUEST + " ORDER BY p.idx";

  private final Connection connection;
  private final AuditQuery query;
  private final Entries entries;
  private final long indexed;

  private AuditSearch(Connection connection, AuditQuery query) throws SQLException {
    this.connection = connection;
    this.query = query;
    this.entries = new Entries(connection);
    this.indexed = SearchIndex.indexed(connection);
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
    long from = query.from().isPresent() ? entries.firstAt(query.from().get()) : 0;
    long to = query.to().isPresent() ? entries.firstAt(query.to().get()) : Long.MAX_VALUE;
    List<@Nullable Object> arguments =
        new ArrayList<>(List.of(first, last, from, Math.min(to, indexed)));
    arguments.addAll(query.arguments());
    try (PreparedStatement select = connection.prepareStatement(OF_CUSTOMERS)) {
      bind(select, arguments);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          about.take(rows.getLong(2), entries.row(rows.getLong(1)));
        }
      }
    }
    for (PrivateParts.Part part : tailParts(from, to)) {
      if (part.subject() >= first && part.subject() <= last) {
        AuditRow entry = entries.row(part.index());
        if (query.fits(Kind.of(entry.json()))) {
          about.take(part.subject(), entry);
        }
      }
    }
  }

  private List<PrivateParts.Part> tailParts(long from, long to) throws SQLException {
    List<PrivateParts.Part> parts = new ArrayList<>();
    PrivateParts.each(connection, Math.max(from, indexed), to, parts::add);
    return parts;
  }

  /** Returns whether the log still has every entry since that time. */
  public static boolean isWhole(Connection c, long since) throws SQLException {
    long kept = Pruning.minimum(c);
    return kept == 0 || new Entries(c).firstAt(since) > kept;
  }

  /** Returns the times of the newest matching entries, whatever their request, newest first. */
  public static List<Long> times(Connection c, AuditQuery query, int limit) throws SQLException {
    return new AuditSearch(c, query).times(limit);
  }

  private List<Long> times(int limit) throws SQLException {
    List<Long> times = new ArrayList<>();
    tail(0, Long.MAX_VALUE, limit, true).forEach(row -> times.add(row.time()));
    try (PreparedStatement select = connection.prepareStatement(TIMES)) {
      for (long kind : kinds()) {
        bind(select, List.of(kind, 0, indexed, limit));
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) {
            times.add(rows.getLong(1));
          }
        }
      }
    }
    times.sort(Comparator.reverseOrder());
    return times.size() > limit ? times.subList(0, limit) : times;
  }

  private List<AuditRow> find(long first, long before, int limit, boolean newest)
      throws SQLException {
    long from = Math.max(first, query.from().isPresent() ? entries.firstAt(query.from().get()) : 0);
    long to = query.to().isPresent() ? Math.min(before, entries.firstAt(query.to().get())) : before;
    if (query.subject().isEmpty() && query.request().isEmpty() && !query.ofSomeKinds()) {
      return all(from, to, limit, newest);
    }
    List<AuditRow> found = new ArrayList<>();
    if (newest) {
      found.addAll(tail(from, to, limit, true));
    }
    found.addAll(indexed(from, Math.min(to, indexed), limit - found.size(), newest));
    if (!newest) {
      found.addAll(tail(from, to, limit - found.size(), false));
    }
    return found;
  }

  private List<AuditRow> all(long from, long to, int limit, boolean newest) throws SQLException {
    List<AuditRow> found = new ArrayList<>();
    visit(
        from,
        to,
        newest,
        (index, leaf) -> {
          if (found.size() < limit) {
            found.add(AuditRow.of(index, leaf));
          }
          return found.size() < limit;
        });
    return found;
  }

  private void visit(long from, long to, boolean newest, Entries.Visitor visitor)
      throws SQLException {
    if (newest) {
      entries.newest(from, to, visitor);
    } else {
      entries.oldest(from, to, visitor);
    }
  }

  /** Looks at the entries that the index does not have. */
  private List<AuditRow> tail(long from, long to, int limit, boolean newest) throws SQLException {
    List<AuditRow> found = new ArrayList<>();
    if (limit > 0 && to > indexed) {
      Set<Long> about = new HashSet<>();
      if (query.subject().isPresent()) {
        tailParts(from, to).stream()
            .filter(part -> query.subject().get() == part.subject())
            .forEach(part -> about.add(part.index()));
      }
      visit(
          Math.max(from, indexed),
          to,
          newest,
          (index, leaf) -> {
            if ((query.subject().isEmpty() || about.contains(index))
                && query.fits(SearchIndex.Found.of(index, leaf))) {
              found.add(AuditRow.of(index, leaf));
            }
            return found.size() < limit;
          });
    }
    return found;
  }

  private List<AuditRow> indexed(long from, long to, int limit, boolean newest)
      throws SQLException {
    if (limit <= 0 || from >= to) {
      return List.of();
    }
    if (query.subject().isPresent()) {
      String sql = newest ? OF_CUSTOMER_NEWEST : OF_CUSTOMER_OLDEST;
      return read(sql, query.subject().get(), from, to, limit);
    }
    if (query.request().isPresent()) {
      String sql = newest ? OF_REQUEST_NEWEST : OF_REQUEST_OLDEST;
      return read(sql, query.request().get(), from, to, limit);
    }
    return merged(from, to, limit, newest);
  }

  /** Reads entries of a customer or a request; a request of a customer is told by the entries. */
  private List<AuditRow> read(String sql, Object of, long from, long to, int limit)
      throws SQLException {
    List<AuditRow> found = new ArrayList<>();
    List<@Nullable Object> arguments = new ArrayList<>(List.of(of, from, to));
    arguments.addAll(query.arguments());
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      bind(select, arguments);
      try (ResultSet rows = select.executeQuery()) {
        while (found.size() < limit && rows.next()) {
          AuditRow entry = entries.row(rows.getLong(1));
          if (query.request().isEmpty() || query.request().get().equals(entry.word("request"))) {
            found.add(entry);
          }
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
        connection.prepareStatement(newest ? NEWEST_OF_KIND : OLDEST_OF_KIND)) {
      for (long kind : kinds()) {
        head(seek, kind, from, to).ifPresent(index -> heads.add(new Head(kind, index)));
      }
      while (found.size() < limit && !heads.isEmpty()) {
        Head next = heads.remove();
        found.add(entries.row(next.index()));
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
    List<Long> kinds = new ArrayList<>();
    List<@Nullable Object> arguments = new ArrayList<>();
    query.type().ifPresent(arguments::add);
    arguments.addAll(query.arguments());
    try (PreparedStatement select =
        connection.prepareStatement(query.type().isPresent() ? KINDS_OF_TYPE : KINDS)) {
      bind(select, arguments);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          kinds.add(rows.getLong(1));
        }
      }
    }
    return kinds;
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
}
