package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Gives each kind of entry its number, and counts the entries of each kind and hour. Counts are
 * stored once for each transaction, so that what entries cost the writer does not grow by a row
 * each. Confined to the store's writer.
 */
final class Kinds {
  static final long HOUR = 3_600_000;

  private static final int REMEMBERED = 65_536;
  private static final String NUMBER =
      "SELECT id FROM audit_kind WHERE (" + Kind.COLUMNS + ") = (?, ?, ?, ?, ?, ?, ?, ?)";

  private final Prepared prepared;
  private final Map<Kind, Long> numbers = new HashMap<>();
  private final Map<Tally, Integer> counted = new HashMap<>();

  /** The key of a count: a kind and an hour since 1970. */
  record Tally(long hour, long kind) implements Comparable<Tally> {
    @Override
    public int compareTo(Tally other) {
      int order = Long.compare(hour, other.hour);
      return order == 0 ? Long.compare(kind, other.kind) : order;
    }
  }

  Kinds(Prepared prepared) {
    this.prepared = prepared;
  }

  /** Counts an entry and returns the number of its kind. */
  long count(Connection c, Kind kind, long time) throws SQLException {
    long number = number(c, kind);
    counted.merge(new Tally(time / HOUR, number), 1, Integer::sum);
    return number;
  }

  /** Returns the number of a kind, which is a new one for a new kind. */
  long number(Connection c, Kind kind) throws SQLException {
    Long number = numbers.get(kind);
    if (number == null) {
      number = make(c, kind);
      if (numbers.size() >= REMEMBERED) {
        numbers.clear();
      }
      numbers.put(kind, number);
    }
    return number;
  }

  /** Stores the counts, in the transaction that takes in the entries. */
  void store(Connection c) throws SQLException {
    PreparedStatement upsert =
        prepared.on(
            c,
            "INSERT INTO audit_tally (hour, kind, entries) VALUES (?, ?, ?)"
                + " ON CONFLICT (hour, kind) DO UPDATE"
                + " SET entries = audit_tally.entries + excluded.entries");
    for (Map.Entry<Tally, Integer> tally : counted.entrySet()) {
      upsert.setLong(1, tally.getKey().hour());
      upsert.setLong(2, tally.getKey().kind());
      upsert.setInt(3, tally.getValue());
      upsert.executeUpdate();
    }
    counted.clear();
  }

  /** Discards numbers and counts after a rollback; the database has the valid ones. */
  void rolledBack() {
    numbers.clear();
    counted.clear();
  }

  private long make(Connection c, Kind kind) throws SQLException {
    PreparedStatement insert =
        prepared.on(
            c,
            "INSERT INTO audit_kind ("
                + Kind.COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    bind(insert, kind);
    insert.executeUpdate();
    return stored(c, kind).orElseThrow();
  }

  /** Returns the number of a kind that has one. */
  static OptionalLong stored(Connection c, Kind kind) throws SQLException {
    try (PreparedStatement select = c.prepareStatement(NUMBER)) {
      bind(select, kind);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  private static void bind(PreparedStatement statement, Kind kind) throws SQLException {
    int i = 0;
    for (String part : kind.parts()) {
      statement.setString(++i, part);
    }
  }
}
