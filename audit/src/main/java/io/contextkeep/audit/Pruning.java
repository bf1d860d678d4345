package io.contextkeep.audit;

import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.TilePath;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      CREATE INDEX audit_leaf_prune ON audit_leaf (idx) WHERE type = 'prune';
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

  /** The remains of the entries before the minimum index. */
  private static final String KEPT = "type IN ('genesis', 'key', 'erase', 'prune')";

  private static final String WITHIN = "idx >= ? AND idx < ?";

  private static final String LEAVES = "SELECT idx, bytes FROM audit_leaf WHERE " + WITHIN;

  private static final String REMOVED = WITHIN + " AND NOT " + KEPT;

  private Pruning() {}

  /** A range of entries to remove, without its end. */
  record Span(long from, long to) {
    boolean isEmpty() {
      return from == to;
    }
  }

  /** Returns the minimum index, from which on every entry exists; 0 if nothing was pruned. */
  static long minimum(Connection c) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement(
                "SELECT bytes FROM audit_leaf WHERE type = 'prune' ORDER BY idx DESC LIMIT 1");
        ResultSet row = select.executeQuery()) {
      return row.next() ? Leaf.number(Leaf.text(row.getBytes(1)), "to") : 0;
    }
  }

  /** Returns the oldest full tiles with only older entries, at most {@link #TILES}. */
  static Span older(Connection c, long time) throws SQLException {
    long from = minimum(c);
    long to = from;
    try (PreparedStatement select =
        c.prepareStatement(
            "SELECT l.time FROM audit_tile t JOIN audit_leaf l ON l.idx = t.idx * 256 + 255"
                + " WHERE t.idx = ?")) {
      for (int i = 0; i < TILES; i++) {
        select.setLong(1, to / TilePath.FULL);
        try (ResultSet row = select.executeQuery()) {
          if (!row.next() || row.getLong(1) >= time) {
            break;
          }
        }
        to += TilePath.FULL;
      }
    }
    return new Span(from, to);
  }

  /**
   * Returns the facts of a pruning, counted before it is done, so that the accounting continues.
   */
  static Map<String, Object> facts(Connection c, Span span) throws SQLException {
    Map<String, Object> facts = new TreeMap<>();
    facts.put("actor", "vault");
    facts.put("from", span.from());
    facts.put("to", span.to());
    facts.put("committed", committed(c, span));
    facts.put(
        "sealed",
        LogNumber.of(
            c, "SELECT count(*) FROM audit_private WHERE " + WITHIN, span.from(), span.to()));
    return facts;
  }

  private static long committed(Connection c, Span span) throws SQLException {
    return blobs(c, LEAVES, span).values().stream()
        .filter(leaf -> Leaf.text(leaf).contains("\"commit\":\""))
        .count();
  }

  /** Removes the span, in the transaction that records it. */
  static void remove(Connection c, Span span) throws SQLException {
    keepLabels(c, span);
    update(
        c,
        "INSERT INTO audit_pruned_subject (subject, n)"
            + " SELECT subject, max(n) FROM audit_private WHERE "
            + WITHIN
            + " GROUP BY subject ON CONFLICT (subject) DO UPDATE SET n = excluded.n",
        span);
    update(c, "DELETE FROM audit_private WHERE " + WITHIN, span);
    uncount(c, span);
    update(c, "DELETE FROM audit_leaf WHERE " + REMOVED, span);
  }

  private static void keepLabels(Connection c, Span span) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement(
                "SELECT idx, bytes FROM audit_leaf WHERE " + REMOVED + " ORDER BY idx");
        PreparedStatement insert = c.prepareStatement("INSERT INTO audit_pruned VALUES (?, ?)")) {
      bind(select, span);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          List<byte[]> labels = Leaf.labels(Leaf.text(rows.getBytes(2)));
          if (!labels.isEmpty()) {
            insert.setLong(1, rows.getLong(1));
            insert.setBytes(2, joined(labels));
            insert.executeUpdate();
          }
        }
      }
    }
  }

  /** Moves the counts of pruned entries to a table of their own. */
  private static void uncount(Connection c, Span span) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement(
                "SELECT time / "
                    + Kinds.HOUR
                    + ", kind, count(*), max(idx) FROM audit_leaf WHERE "
                    + REMOVED
                    + " GROUP BY 1, 2");
        PreparedStatement subtract =
            c.prepareStatement(
                "UPDATE audit_tally SET entries = entries - ? WHERE hour = ? AND kind = ?");
        PreparedStatement keep =
            c.prepareStatement(
                "INSERT INTO audit_pruned_tally (hour, kind, entries, last) VALUES (?, ?, ?, ?)"
                    + " ON CONFLICT (hour, kind) DO UPDATE SET"
                    + " entries = audit_pruned_tally.entries + excluded.entries,"
                    + " last = excluded.last")) {
      bind(select, span);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          subtract.setLong(1, rows.getLong(3));
          subtract.setLong(2, rows.getLong(1));
          subtract.setLong(3, rows.getLong(2));
          subtract.executeUpdate();
          for (int column = 1; column <= 4; column++) {
            keep.setLong(column, rows.getLong(column));
          }
          keep.executeUpdate();
        }
      }
    }
    try (PreparedStatement delete =
        c.prepareStatement("DELETE FROM audit_tally WHERE entries = 0")) {
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
    return new Rest(
        blobs(c, LEAVES, span),
        blobs(c, "SELECT idx, labels FROM audit_pruned WHERE " + WITHIN, span));
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
