package io.contextkeep.audit;

import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.TilePath;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The removal of the oldest entries (C2SP tlog-tiles, Pruning): from the minimum index on the log
 * is whole; before it the hashes stay, so that every proof still holds, and of the entries only the
 * parts that the log's own accounts need. These are the entries that name its keys and count erased
 * and pruned ones, which concern no customer, and the labels, without which the index of labels
 * could not be rebuilt; they look random to all but the customer.
 *
 * <p>Only full tiles are pruned: the hashes of the last one are made of its entries.
 */
final class Pruning {
  static final String SCHEMA =
      """
      CREATE TABLE audit_pruned (idx INTEGER PRIMARY KEY, labels BLOB NOT NULL) STRICT;
      CREATE TABLE audit_pruned_subject (subject INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
      """;

  /**
   * The number of pruned entries of each kind and hour, with the last of them: an hour's counts
   * must be the same before and after a pruning.
   */
  static final String COUNTS =
      """
      CREATE TABLE audit_pruned_tally (
        hour INTEGER NOT NULL, kind INTEGER NOT NULL, entries INTEGER NOT NULL,
        last INTEGER NOT NULL, PRIMARY KEY (hour, kind)) STRICT, WITHOUT ROWID;
      """;

  /** The most tiles that a transaction prunes, since other writes wait. */
  static final int TILES = 16;

  /** The beginning of the remains of an entry. */
  static final byte NOTHING = 0;

  static final byte ENTRY = 'E';
  static final byte LABELS = 'L';

  /** The types of entries that outlive their pruning. */
  private static final Set<String> STAYING =
      Set.of(
          EntryType.GENESIS.code(),
          EntryType.KEY.code(),
          EntryType.ERASE.code(),
          EntryType.PRUNE.code());

  private static final String WITHIN = "idx >= ? AND idx < ?";

  private Pruning() {}

  /** A range of entries to remove, without its end. */
  record Span(long from, long to) {
    boolean isEmpty() {
      return from == to;
    }
  }

  /** Returns the minimum index, from which on every entry exists; 0 if nothing was pruned. */
  static long minimum(Connection c) throws SQLException {
    return Entries.last(c, Entries.LAST_PRUNE)
        .map(last -> Leaf.number(last.leaf(), "to"))
        .orElse(0L);
  }

  /** Returns the oldest full tiles with only older entries, at most {@link #TILES}. */
  static Span older(Connection c, long time) throws SQLException {
    Entries entries = new Entries(c);
    long from = minimum(c);
    long to = from;
    while (to - from < TILES * TilePath.FULL && isOlder(c, entries, to / TilePath.FULL, time)) {
      to += TilePath.FULL;
    }
    return new Span(from, to);
  }

  private static boolean isOlder(Connection c, Entries entries, long tile, long time)
      throws SQLException {
    return LogNumber.of(c, "SELECT count(*) FROM audit_tile WHERE idx = ?", tile) > 0
        && entries
            .leaf(tile * TilePath.FULL + TilePath.FULL - 1)
            .filter(last -> Leaf.time(Leaf.text(last)) < time)
            .isPresent();
  }

  /**
   * Returns the facts of a pruning, counted before it is done, so that the accounting continues.
   */
  static Map<String, Object> facts(Connection c, Span span) throws SQLException {
    long[] committed = {0};
    new Entries(c)
        .oldest(
            span.from(),
            span.to(),
            (_, leaf) -> {
              committed[0] += Leaf.text(leaf).contains("\"commit\":\"") ? 1 : 0;
              return true;
            });
    long[] sealed = {0};
    PrivateParts.each(c, span.from(), span.to(), _ -> sealed[0]++);
    Map<String, Object> facts = new TreeMap<>();
    facts.put("actor", "vault");
    facts.put("from", span.from());
    facts.put("to", span.to());
    facts.put("committed", committed[0]);
    facts.put("sealed", sealed[0]);
    return facts;
  }

  /** The entries of a span that go and those that stay, and the private parts. */
  private record Content(
      List<SearchIndex.Found> going, Map<Long, byte[]> staying, List<PrivateParts.Part> parts) {}

  /**
   * Removes the span, in the transaction that records it. The index of searches must have all of
   * its entries.
   */
  static void remove(Connection c, Span span) throws SQLException {
    Content content = content(c, span);
    forgetParts(c, content.parts());
    forgetEntries(c, content.going());
    keep(c, content.staying());
    update(c, "DELETE FROM audit_sealed WHERE first >= ? AND first < ?", span);
    update(c, "DELETE FROM audit_group WHERE first >= ? AND first < ?", span);
  }

  /** Reads the span, and keeps the labels of what goes. */
  private static Content content(Connection c, Span span) throws SQLException {
    List<SearchIndex.Found> going = new ArrayList<>();
    Map<Long, byte[]> staying = new TreeMap<>();
    try (PreparedStatement insert =
        c.prepareStatement("INSERT INTO audit_pruned (idx, labels) VALUES (?, ?)")) {
      new Entries(c)
          .oldest(
              span.from(),
              span.to(),
              (index, leaf) -> {
                SearchIndex.Found entry = SearchIndex.Found.of(index, leaf);
                if (STAYING.contains(entry.kind().type())) {
                  staying.put(index, leaf);
                } else {
                  going.add(entry);
                  keepLabels(insert, index, Leaf.labels(Leaf.text(leaf)));
                }
                return true;
              });
    }
    List<PrivateParts.Part> parts = new ArrayList<>();
    PrivateParts.each(c, span.from(), span.to(), parts::add);
    return new Content(going, staying, parts);
  }

  private static void keepLabels(PreparedStatement insert, long index, List<byte[]> labels)
      throws SQLException {
    if (!labels.isEmpty()) {
      insert.setLong(1, index);
      insert.setBytes(2, joined(labels));
      insert.executeUpdate();
    }
  }

  private static void keep(Connection c, Map<Long, byte[]> leaves) throws SQLException {
    try (PreparedStatement insert =
        c.prepareStatement("INSERT INTO audit_kept (idx, time, bytes) VALUES (?, ?, ?)")) {
      for (Map.Entry<Long, byte[]> leaf : leaves.entrySet()) {
        insert.setLong(1, leaf.getKey());
        insert.setLong(2, Leaf.time(Leaf.text(leaf.getValue())));
        insert.setBytes(3, leaf.getValue());
        insert.executeUpdate();
      }
    }
  }

  /** Remembers where each customer's numbers go on. */
  private static void forgetParts(Connection c, List<PrivateParts.Part> parts) throws SQLException {
    try (PreparedStatement last =
            c.prepareStatement(
                "INSERT INTO audit_pruned_subject (subject, n) VALUES (?, ?)"
                    + " ON CONFLICT (subject) DO UPDATE SET n = excluded.n");
        PreparedStatement delete =
            c.prepareStatement("DELETE FROM audit_by_customer WHERE subject = ? AND n = ?")) {
      for (PrivateParts.Part part : parts) {
        for (PreparedStatement statement : List.of(last, delete)) {
          statement.setLong(1, part.subject());
          statement.setLong(2, part.n());
          statement.executeUpdate();
        }
      }
    }
  }

  /** Removes entries from the search index, and moves their counts to a table of their own. */
  private static void forgetEntries(Connection c, List<SearchIndex.Found> entries)
      throws SQLException {
    Map<Kinds.Tally, Gone> gone = new TreeMap<>();
    try (Prepared prepared = new Prepared();
        PreparedStatement byKind =
            c.prepareStatement("DELETE FROM audit_by_kind WHERE kind = ? AND idx = ?");
        PreparedStatement byRequest =
            c.prepareStatement("DELETE FROM audit_by_request WHERE request = ? AND idx = ?")) {
      Kinds kinds = new Kinds(prepared);
      for (SearchIndex.Found entry : entries) {
        long kind = kinds.number(c, entry.kind());
        gone.merge(
            new Kinds.Tally(entry.time() / Kinds.HOUR, kind),
            new Gone(1, entry.index()),
            Gone::and);
        byKind.setLong(1, kind);
        byKind.setLong(2, entry.index());
        byKind.executeUpdate();
        byRequest.setString(1, entry.request());
        byRequest.setLong(2, entry.index());
        byRequest.executeUpdate();
      }
    }
    uncount(c, gone);
  }

  /** The removed entries of a kind and hour: their number, and the index of the last. */
  private record Gone(long entries, long last) {
    Gone and(Gone later) {
      return new Gone(entries + later.entries, Math.max(last, later.last));
    }
  }

  private static void uncount(Connection c, Map<Kinds.Tally, Gone> gone) throws SQLException {
    try (PreparedStatement subtract =
            c.prepareStatement(
                "UPDATE audit_tally SET entries = entries - ? WHERE hour = ? AND kind = ?");
        PreparedStatement keep =
            c.prepareStatement(
                "INSERT INTO audit_pruned_tally (hour, kind, entries, last) VALUES (?, ?, ?, ?)"
                    + " ON CONFLICT (hour, kind) DO UPDATE SET"
                    + " entries = audit_pruned_tally.entries + excluded.entries,"
                    + " last = excluded.last");
        PreparedStatement delete =
            c.prepareStatement("DELETE FROM audit_tally WHERE entries = 0")) {
      for (Map.Entry<Kinds.Tally, Gone> one : gone.entrySet()) {
        subtract.setLong(1, one.getValue().entries());
        subtract.setLong(2, one.getKey().hour());
        subtract.setLong(3, one.getKey().kind());
        subtract.executeUpdate();
        keep.setLong(1, one.getKey().hour());
        keep.setLong(2, one.getKey().kind());
        keep.setLong(3, one.getValue().entries());
        keep.setLong(4, one.getValue().last());
        keep.executeUpdate();
      }
      delete.executeUpdate();
    }
  }

  /** The remains of a pruned tile's entries, by their index. */
  record Rest(Map<Long, byte[]> kept, Map<Long, byte[]> labels) {

    /**
     * Returns the served and bundled form: like an entry bundle, with an empty record, {@code L}
     * and the labels, or {@code E} and a kept entry in each entry's place.
     */
    byte[] bundle(long tile) {
      ByteArrayOutputStream bundle = new ByteArrayOutputStream(TilePath.FULL * 40);
      for (long index = tile * TilePath.FULL; index < (tile + 1) * TilePath.FULL; index++) {
        if (kept.containsKey(index)) {
          put(bundle, ENTRY, kept.get(index));
        } else if (labels.containsKey(index)) {
          put(bundle, LABELS, labels.get(index));
        } else {
          bundle.write(0);
          bundle.write(0);
        }
      }
      return bundle.toByteArray();
    }

    private static void put(ByteArrayOutputStream bundle, byte what, byte[] bytes) {
      bundle.write((bytes.length + 1) >>> 8);
      bundle.write(bytes.length + 1);
      bundle.write(what);
      bundle.writeBytes(bytes);
    }
  }

  static Rest rest(Connection c, long tile) throws SQLException {
    Span span = new Span(tile * TilePath.FULL, (tile + 1) * TilePath.FULL);
    Map<Long, byte[]> kept = new HashMap<>();
    new Entries(c)
        .oldest(
            span.from(),
            span.to(),
            (index, leaf) -> {
              kept.put(index, leaf);
              return true;
            });
    return new Rest(kept, blobs(c, "SELECT idx, labels FROM audit_pruned WHERE " + WITHIN, span));
  }

  /** Returns the labels one by one. */
  static List<byte[]> split(byte[] labels) {
    return IntStream.range(0, labels.length / Hashes.LENGTH)
        .mapToObj(i -> Arrays.copyOfRange(labels, i * Hashes.LENGTH, (i + 1) * Hashes.LENGTH))
        .toList();
  }

  private static byte[] joined(List<byte[]> labels) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    labels.forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  private static Map<Long, byte[]> blobs(Connection c, String sql, Span span) throws SQLException {
    Map<Long, byte[]> blobs = new HashMap<>();
    try (PreparedStatement select = c.prepareStatement(sql)) {
      bind(select, span);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          blobs.put(rows.getLong(1), rows.getBytes(2));
        }
      }
    }
    return blobs;
  }

  private static void update(Connection c, String sql, Span span) throws SQLException {
    try (PreparedStatement update = c.prepareStatement(sql)) {
      bind(update, span);
      update.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, Span span) throws SQLException {
    statement.setLong(1, span.from());
    statement.setLong(2, span.to());
  }
}
