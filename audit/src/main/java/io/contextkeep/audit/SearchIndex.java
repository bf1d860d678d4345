package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What entries are found and counted by: their kinds, requests and customers. It is built behind
 * the log, from what the log holds, many entries at once and each table in its own order; a search
 * looks at the entries that it does not have yet one by one. Writing is confined to the store's
 * writer.
 */
final class SearchIndex {
  static final String SCHEMA =
      """
      CREATE TABLE audit_by_kind (
        kind INTEGER NOT NULL, idx INTEGER NOT NULL, time INTEGER NOT NULL,
        PRIMARY KEY (kind, idx)) STRICT, WITHOUT ROWID;
      CREATE TABLE audit_by_request (
        request TEXT NOT NULL, idx INTEGER NOT NULL, kind INTEGER NOT NULL,
        PRIMARY KEY (request, idx)) STRICT, WITHOUT ROWID;
      CREATE TABLE audit_by_customer (
        subject INTEGER NOT NULL, n INTEGER NOT NULL, idx INTEGER NOT NULL, kind INTEGER NOT NULL,
        PRIMARY KEY (subject, n)) STRICT, WITHOUT ROWID;
      CREATE TABLE audit_state (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1), indexed INTEGER NOT NULL,
        former INTEGER NOT NULL) STRICT;
      """;

  /** The most entries that are taken in at once, since other writes wait meanwhile. */
  static final int CHUNK = 512;

  /** The most entries whose customers are sorted together. */
  private static final int ROUND = 16_384;

  /**
   * The most durable entries that the index may lack. Beyond it the writer takes them in itself:
   * searches must stay fast, and the log remembers the last number of so many customers only.
   */
  static final int MOST_BEHIND = 32_768;

  private final Prepared prepared;
  private final Kinds kinds;

  SearchIndex(Prepared prepared) {
    this.prepared = prepared;
    this.kinds = new Kinds(prepared);
  }

  /** An entry with what it is found by, read from its leaf. */
  record Found(long index, long time, Kind kind, String request) {
    static Found of(long index, byte[] leaf) {
      String json = Leaf.text(leaf);
      return new Found(index, Leaf.time(json), Kind.of(json), Leaf.word(json, "request"));
    }
  }

  /** The entries of a range, and the private parts among them, in the order of the log. */
  record Slice(long from, long to, List<Found> entries, List<PrivateParts.Part> parts) {
    /** Returns whether it is taken in by several transactions. */
    boolean isLong() {
      return to - from > CHUNK;
    }

    /** Returns it in parts that are taken in at once. */
    List<Slice> chunks() {
      List<Slice> chunks = new ArrayList<>();
      int part = 0;
      for (long first = from; first < to; first += CHUNK) {
        long end = Math.min(to, first + CHUNK);
        int next = part;
        while (next < parts.size() && parts.get(next).index() < end) {
          next++;
        }
        List<Found> some = entries.subList((int) (first - from), (int) (end - from));
        chunks.add(new Slice(first, end, some, parts.subList(part, next)));
        part = next;
      }
      return chunks;
    }

    /** Returns the private parts in the order of the customers' rows. */
    List<PrivateParts.Part> byCustomer() {
      List<PrivateParts.Part> sorted = new ArrayList<>(parts);
      sorted.sort(
          Comparator.comparingLong(PrivateParts.Part::subject)
              .thenComparingLong(PrivateParts.Part::n));
      return sorted;
    }

    private Found entry(long index) {
      return entries.get((int) (index - from));
    }
  }

  /** Returns the number of entries that the index has. */
  static long indexed(Connection c) throws SQLException {
    return LogNumber.of(c, "SELECT indexed FROM audit_state");
  }

  /** Reads the next entries that the index does not have, as many as are taken in at once. */
  private static Slice next(Connection c) throws SQLException {
    long from = indexed(c);
    return slice(c, from, Math.min(Entries.size(c), from + CHUNK));
  }

  /** Reads more of them, as many as are sorted by customer together. */
  static Slice round(Connection c) throws SQLException {
    long from = indexed(c);
    return slice(c, from, Math.min(Entries.size(c), from + ROUND));
  }

  /** The key of a count: an hour since 1970 and a kind. */
  record Count(long hour, Kind kind) {}

  /** Counts the entries that the index does not have, from an hour to before another. */
  static Map<Count, Long> behind(Connection c, long fromHour, long toHour) throws SQLException {
    Map<Count, Long> counts = new HashMap<>();
    new Entries(c)
        .oldest(
            indexed(c),
            Long.MAX_VALUE,
            (_, leaf) -> {
              String json = Leaf.text(leaf);
              long hour = Leaf.time(json) / Kinds.HOUR;
              if (hour >= fromHour && hour < toHour) {
                counts.merge(new Count(hour, Kind.of(json)), 1L, Long::sum);
              }
              return hour < toHour;
            });
    return counts;
  }

  private static Slice slice(Connection c, long from, long to) throws SQLException {
    List<Found> entries = new ArrayList<>();
    new Entries(c).oldest(from, to, (index, leaf) -> entries.add(Found.of(index, leaf)));
    List<PrivateParts.Part> parts = new ArrayList<>();
    PrivateParts.each(c, from, to, parts::add);
    return new Slice(from, to, entries, parts);
  }

  /**
   * Writes rows of customers before their entries are taken in: a customer's rows lie in one place,
   * and many transactions that each write to all places change most of the file. Searches ignore
   * rows that are ahead.
   *
   * @param parts some parts of the slice, by customer
   * @return whether the slice is still the next one; others may have taken it in, and an erasure or
   *     a pruning may have removed the rows again
   */
  boolean goAhead(Connection c, Slice slice, List<PrivateParts.Part> parts) throws SQLException {
    if (indexed(c) != slice.from()) {
      return false;
    }
    for (PrivateParts.Part part : parts) {
      insert(c, part, kinds.number(c, slice.entry(part.index()).kind()));
    }
    return true;
  }

  /**
   * Takes in the entries, in the caller's transaction, unless others took them in meanwhile.
   *
   * @param ahead whether the rows of all their customers went ahead
   * @return the number of entries that the index has then
   */
  long takeIn(Connection c, Slice slice, boolean ahead) throws SQLException {
    long indexed = indexed(c);
    if (slice.from() != indexed || slice.to() == indexed) {
      return indexed;
    }
    long[] numbers = new long[(int) (slice.to() - slice.from())];
    for (Found entry : slice.entries()) {
      numbers[(int) (entry.index() - slice.from())] = kinds.count(c, entry.kind(), entry.time());
    }
    kinds.store(c);
    byKind(c, slice, numbers);
    byRequest(c, slice, numbers);
    if (!ahead) {
      byCustomer(c, slice, numbers);
    }
    PreparedStatement update = prepared.on(c, "UPDATE audit_state SET indexed = ?");
    update.setLong(1, slice.to());
    update.executeUpdate();
    return slice.to();
  }

  /** Takes in the next entries that the transaction sees, as many as are taken in at once. */
  long takeInNext(Connection c) throws SQLException {
    return takeIn(c, next(c), false);
  }

  /** Takes in all entries that the transaction sees. */
  long takeInAll(Connection c) throws SQLException {
    long indexed = indexed(c);
    long size = Entries.size(c);
    while (indexed < size) {
      indexed = takeInNext(c);
    }
    return indexed;
  }

  private void byKind(Connection c, Slice slice, long[] numbers) throws SQLException {
    List<Found> sorted = new ArrayList<>(slice.entries());
    sorted.sort(Comparator.comparingLong(entry -> number(slice, numbers, entry.index())));
    PreparedStatement insert =
        prepared.on(c, "INSERT INTO audit_by_kind (kind, idx, time) VALUES (?, ?, ?)");
    for (Found entry : sorted) {
      insert.setLong(1, number(slice, numbers, entry.index()));
      insert.setLong(2, entry.index());
      insert.setLong(3, entry.time());
      insert.executeUpdate();
    }
  }

  private void byRequest(Connection c, Slice slice, long[] numbers) throws SQLException {
    List<Found> sorted = new ArrayList<>(slice.entries());
    sorted.removeIf(entry -> entry.request().isEmpty());
    sorted.sort(Comparator.comparing(Found::request));
    PreparedStatement insert =
        prepared.on(c, "INSERT INTO audit_by_request (request, idx, kind) VALUES (?, ?, ?)");
    for (Found entry : sorted) {
      insert.setString(1, entry.request());
      insert.setLong(2, entry.index());
      insert.setLong(3, number(slice, numbers, entry.index()));
      insert.executeUpdate();
    }
  }

  private void byCustomer(Connection c, Slice slice, long[] numbers) throws SQLException {
    for (PrivateParts.Part part : slice.byCustomer()) {
      insert(c, part, number(slice, numbers, part.index()));
    }
  }

  /** Writes a customer's row; it may be there already from a round that was not completed. */
  private void insert(Connection c, PrivateParts.Part part, long kind) throws SQLException {
    PreparedStatement insert =
        prepared.on(
            c,
            "INSERT INTO audit_by_customer (subject, n, idx, kind) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (subject, n) DO UPDATE SET idx = excluded.idx, kind = excluded.kind"
                + " WHERE audit_by_customer.idx <> excluded.idx"
                + " OR audit_by_customer.kind <> excluded.kind");
    insert.setLong(1, part.subject());
    insert.setLong(2, part.n());
    insert.setLong(3, part.index());
    insert.setLong(4, kind);
    insert.executeUpdate();
  }

  private static long number(Slice slice, long[] numbers, long index) {
    return numbers[(int) (index - slice.from())];
  }

  /** Discards what it knows after a rollback; the database has what is valid. */
  void rolledBack() {
    kinds.rolledBack();
  }
}
