package io.contextkeep.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;

/**
 * A log in its former form, two rows for each entry. Opening a log moves its entries into groups,
 * some thousands in each transaction, so that a stop at any moment loses nothing and the next start
 * goes on; no byte of a leaf, a hash or a sealed part changes. A file that nobody may write is read
 * as groups of one entry each.
 */
public final class FormerLog {
  static final String SCHEMA =
      """
      CREATE TABLE audit_leaf (
        idx INTEGER PRIMARY KEY, time INTEGER NOT NULL, type TEXT NOT NULL, kind INTEGER NOT NULL,
        request TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
      CREATE INDEX audit_leaf_kind ON audit_leaf (kind);
      CREATE INDEX audit_leaf_request ON audit_leaf (request) WHERE request <> '';
      CREATE INDEX audit_leaf_key ON audit_leaf (idx) WHERE type IN ('genesis', 'key');
      CREATE INDEX audit_leaf_map ON audit_leaf (idx) WHERE type = 'map-root';
      CREATE INDEX audit_leaf_prune ON audit_leaf (idx) WHERE type = 'prune';
      CREATE TABLE audit_private (
        idx INTEGER PRIMARY KEY, subject INTEGER NOT NULL, n INTEGER NOT NULL,
        sealed BLOB NOT NULL) STRICT;
      CREATE UNIQUE INDEX audit_private_subject ON audit_private (subject, n);
      CREATE TABLE audit_vkey (vkey TEXT PRIMARY KEY) STRICT;
      CREATE VIEW audit_entry AS
        SELECT l.idx, l.time, k.type, k.actor, k.role, k.purpose, k.basis, k.decision, k.reasons,
          k.policy, l.request, l.bytes
        FROM audit_leaf l JOIN audit_kind k ON k.id = l.kind;
      """;

  /** The move begins: what must be known of all entries before the first is moved. */
  static final String BEGIN =
      """
      INSERT INTO audit_state (only_row, indexed, former) VALUES (1, 0, 1);
      INSERT INTO audit_last SELECT 'key', max(idx) FROM audit_leaf
        WHERE type IN ('genesis', 'key') HAVING max(idx) IS NOT NULL;
      INSERT INTO audit_last SELECT 'prune', max(idx) FROM audit_leaf
        WHERE type = 'prune' HAVING max(idx) IS NOT NULL;
      INSERT INTO audit_last SELECT 'map-root', max(idx) FROM audit_leaf
        WHERE type = 'map-root' HAVING max(idx) IS NOT NULL;
      """;

  private static final String ENTRIES =
      """
      SELECT l.idx, l.time, l.bytes, p.subject, p.n, p.sealed
      FROM audit_leaf l LEFT JOIN audit_private p ON p.idx = l.idx
      WHERE l.idx >= ? AND l.idx < ? ORDER BY l.idx\
      """;

  private static final String STRAY_PARTS =
      """
      SELECT p.idx, p.subject, p.n, p.sealed FROM audit_private p WHERE p.idx >= ? AND p.idx < ?
      AND NOT EXISTS (SELECT 1 FROM audit_group g WHERE g.first > p.idx - 64 AND g.first <= p.idx
        AND g.first + g.entries > p.idx) ORDER BY p.idx\
      """;

  private static final int CHUNK = 4_096;

  private FormerLog() {}

  /**
   * Lets the connection read a file of the former form like one of today's; other files are read as
   * they are.
   *
   * @throws SQLException if the file's entries are being moved into groups
   */
  public static void show(Connection c) throws SQLException {
    if (!isOf(c)) {
      return;
    }
    if (isThere(c, "audit_group")) {
      throw new SQLException(
          "The log is being moved into a newer form: start its vault, which finishes that");
    }
    try (InputStream views =
            Objects.requireNonNull(FormerLog.class.getResourceAsStream("former-log.sql"));
        Statement statement = c.createStatement()) {
      for (String view : new String(views.readAllBytes(), StandardCharsets.UTF_8).split(";\n")) {
        statement.executeUpdate(view);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The views of a former log cannot be read", e);
    }
  }

  /** Returns whether the file has the former form. */
  public static boolean isOf(Connection c) throws SQLException {
    return isThere(c, "audit_leaf");
  }

  private static boolean isThere(Connection c, String table) throws SQLException {
    try (ResultSet tables = c.getMetaData().getTables(null, null, table, null)) {
      return tables.next();
    }
  }

  /** Moves the entries that are in the former form, if there are any. */
  static void move(LogStore store) {
    move(store, CHUNK);
  }

  /** Moves them, so many in each transaction. */
  static void move(LogStore store, int chunk) {
    if (store.inRead(c -> LogNumber.of(c, "SELECT former FROM audit_state")) == 0) {
      return;
    }
    while (store.<Boolean>inWrite(c -> moveSome(c, chunk))) {
      // Each transaction is durable before the next.
    }
    store.inWrite(FormerLog::finish);
  }

  /** Moves the oldest entries and returns whether there were any. */
  private static boolean moveSome(Connection c, int chunk) throws SQLException {
    long from =
        LogNumber.of(
            c,
            "SELECT coalesce(min(idx), -1) FROM (SELECT min(idx) AS idx FROM audit_leaf"
                + " UNION ALL SELECT min(idx) FROM audit_private) AS former");
    if (from < 0) {
      return false;
    }
    long to = from - from % chunk + chunk;
    moveEntries(c, from, to);
    moveStrayParts(c, from, to);
    for (String sql :
        List.of(
            "INSERT INTO audit_by_kind (kind, idx, time) SELECT kind, idx, time FROM audit_leaf"
                + " WHERE idx >= ? AND idx < ? ORDER BY kind, idx",
            "INSERT INTO audit_by_request (request, idx, kind) SELECT request, idx, kind"
                + " FROM audit_leaf WHERE idx >= ? AND idx < ? AND request <> '' ORDER BY request",
            "INSERT INTO audit_by_customer (subject, n, idx, kind)"
                + " SELECT p.subject, p.n, p.idx, coalesce(l.kind, 0) FROM audit_private p"
                + " LEFT JOIN audit_leaf l ON l.idx = p.idx"
                + " WHERE p.idx >= ? AND p.idx < ? ORDER BY p.subject, p.n",
            "DELETE FROM audit_private WHERE idx >= ? AND idx < ?",
            "DELETE FROM audit_leaf WHERE idx >= ? AND idx < ?")) {
      try (PreparedStatement statement = c.prepareStatement(sql)) {
        statement.setLong(1, from);
        statement.setLong(2, to);
        statement.executeUpdate();
      }
    }
    return true;
  }

  /** Returns the minimum index by the last pruning, as long as its entry is not moved. */
  private static long minimum(Connection c) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement(
                "SELECT bytes FROM audit_leaf WHERE type = 'prune' ORDER BY idx DESC LIMIT 1");
        ResultSet row = select.executeQuery()) {
      return row.next() ? Leaf.number(Leaf.text(row.getBytes(1)), "to") : 0;
    }
  }

  private static void moveEntries(Connection c, long from, long to) throws SQLException {
    long minimum = minimum(c);
    try (Prepared prepared = new Prepared();
        PreparedStatement select = c.prepareStatement(ENTRIES);
        PreparedStatement keep =
            c.prepareStatement("INSERT INTO audit_kept (idx, time, bytes) VALUES (?, ?, ?)")) {
      GroupWriter groups = new GroupWriter(prepared);
      select.setLong(1, from);
      select.setLong(2, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          long index = rows.getLong(1);
          if (index < minimum) {
            keep.setLong(1, index);
            keep.setLong(2, rows.getLong(2));
            keep.setBytes(3, rows.getBytes(3));
            keep.executeUpdate();
          } else {
            groups.add(c, index, rows.getLong(2), rows.getBytes(3));
            if (rows.getObject(6) != null) {
              groups.add(part(rows, index));
            }
          }
        }
      }
      groups.write(c);
    }
  }

  private static PrivateParts.Part part(ResultSet row, long index) throws SQLException {
    return new PrivateParts.Part(index, row.getLong(4), row.getLong(5), row.getBytes(6));
  }

  /**
   * Moves parts without an entry that can have one, which only a falsified log has, as they are.
   */
  private static void moveStrayParts(Connection c, long from, long to) throws SQLException {
    try (Prepared prepared = new Prepared();
        PreparedStatement select = c.prepareStatement(STRAY_PARTS)) {
      select.setLong(1, from);
      select.setLong(2, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          long index = rows.getLong(1);
          PrivateParts.write(
              PrivateParts.writing(c, prepared),
              index,
              List.of(
                  new PrivateParts.Part(
                      index, rows.getLong(2), rows.getLong(3), rows.getBytes(4))));
        }
      }
    }
  }

  private static int finish(Connection c) throws SQLException {
    try (Statement statement = c.createStatement()) {
      for (String sql :
          List.of(
              "DROP VIEW audit_entry",
              "DROP TABLE audit_leaf",
              "DROP TABLE audit_private",
              "UPDATE audit_state SET former = 0, indexed ="
                  + " (SELECT coalesce(max(first + entries), 0) FROM audit_group)")) {
        statement.executeUpdate(sql);
      }
    }
    return 0;
  }
}
