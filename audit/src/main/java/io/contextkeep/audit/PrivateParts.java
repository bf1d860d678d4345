package io.contextkeep.audit;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The sealed private parts of entries, one row for a group: which of its entries have one, as the
 * bits of a number, and the parts in order. The row is apart from the leaves, because erasures
 * write it again.
 */
final class PrivateParts {
  static final String SCHEMA =
      """
      CREATE TABLE audit_sealed (
        first INTEGER PRIMARY KEY, present INTEGER NOT NULL, parts BLOB NOT NULL) STRICT;
      """;

  static final String OF_RANGE =
      "SELECT first, present, parts FROM audit_sealed WHERE first > ? AND first < ?"
          + " ORDER BY first";

  private static final String GROUP_OF =
      "SELECT first, present, parts FROM audit_sealed WHERE first > ? AND first <= ?"
          + " ORDER BY first DESC LIMIT 1";
  private static final String WRITE =
      "INSERT INTO audit_sealed (first, present, parts) VALUES (?, ?, ?)"
          + " ON CONFLICT (first) DO UPDATE SET present = excluded.present, parts = excluded.parts";

  /** The bytes before a sealed part: the customer, the number among their entries, the length. */
  private static final int HEAD = 2 * Long.BYTES + Integer.BYTES;

  private PrivateParts() {}

  /** A private part, with its entry's index and number among the customer's entries. */
  record Part(long index, long subject, long n, byte[] sealed) {
    @Override
    public String toString() {
      return "Part[" + index + ", redacted]";
    }
  }

  /** Stores the parts of a group in the place of those that were there, if any. */
  static void write(PreparedStatement write, long first, List<Part> parts) throws SQLException {
    long present = 0;
    int length = 0;
    for (Part part : parts) {
      present |= 1L << part.index() - first;
      length += HEAD + part.sealed().length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (Part part : parts) {
      bytes.putLong(part.subject()).putLong(part.n()).putInt(part.sealed().length);
      bytes.put(part.sealed());
    }
    write.setLong(1, first);
    write.setLong(2, present);
    write.setBytes(3, bytes.array());
    write.executeUpdate();
  }

  static PreparedStatement writing(Connection c, Prepared prepared) throws SQLException {
    return prepared.on(c, WRITE);
  }

  /** Returns the parts of a row; fewer than its bits say where it is damaged. */
  static List<Part> of(long first, long present, byte[] parts) {
    List<Part> all = new ArrayList<>(Long.bitCount(present));
    ByteBuffer bytes = ByteBuffer.wrap(parts);
    for (long left = present; left != 0 && bytes.remaining() >= HEAD; left &= left - 1) {
      long subject = bytes.getLong();
      long n = bytes.getLong();
      int length = bytes.getInt();
      if (length < 0 || length > bytes.remaining()) {
        break;
      }
      byte[] sealed = new byte[length];
      bytes.get(sealed);
      all.add(new Part(first + Long.numberOfTrailingZeros(left), subject, n, sealed));
    }
    return all;
  }

  /** Visits the parts of a range of entries without its end, in order. */
  static void each(Connection c, long from, long to, Consumer<Part> visitor) throws SQLException {
    try (PreparedStatement select = c.prepareStatement(OF_RANGE)) {
      select.setLong(1, from - EntryGroup.MOST);
      select.setLong(2, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          of(rows.getLong(1), rows.getLong(2), rows.getBytes(3)).stream()
              .filter(part -> part.index() >= from && part.index() < to)
              .forEach(visitor);
        }
      }
    }
  }

  /** Returns the part of an entry; empty if it has none, or none any more. */
  static Optional<Part> at(Connection c, long index) throws SQLException {
    List<Part> found = new ArrayList<>(1);
    each(c, index, index + 1, found::add);
    return found.stream().findFirst();
  }

  /** Returns the number of parts. */
  static long count(Connection c) throws SQLException {
    long[] count = {0};
    rows(c, (_, present) -> count[0] += Long.bitCount(present));
    return count[0];
  }

  /** Visits the indices of all entries that have their part. */
  static void indices(Connection c, LongConsumer visitor) throws SQLException {
    rows(
        c,
        (first, present) -> {
          for (long left = present; left != 0; left &= left - 1) {
            visitor.accept(first + Long.numberOfTrailingZeros(left));
          }
        });
  }

  private interface Present {
    void take(long first, long present);
  }

  private static void rows(Connection c, Present row) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement("SELECT first, present FROM audit_sealed ORDER BY first");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        row.take(rows.getLong(1), rows.getLong(2));
      }
    }
  }

  /**
   * Removes a customer's parts: each group that holds some is written again without them.
   *
   * @param indices the entries to look at, in any order
   * @return the entries that had a part of the customer, in order
   */
  static List<Long> remove(Connection c, long subject, Collection<Long> indices)
      throws SQLException {
    TreeSet<Long> left = new TreeSet<>(indices);
    List<Long> removed = new ArrayList<>();
    try (PreparedStatement select = c.prepareStatement(GROUP_OF);
        PreparedStatement write = c.prepareStatement(WRITE);
        PreparedStatement delete = c.prepareStatement("DELETE FROM audit_sealed WHERE first = ?")) {
      while (!left.isEmpty()) {
        Optional<Row> group = group(select, left.first());
        left.removeFirst();
        if (group.isPresent()) {
          List<Part> kept = new ArrayList<>();
          for (Part part : group.get().parts()) {
            boolean asked = indices.contains(part.index());
            left.remove(part.index());
            if (asked && part.subject() == subject) {
              removed.add(part.index());
            } else {
              kept.add(part);
            }
          }
          replace(write, delete, group.get().first(), kept);
        }
      }
    }
    return removed;
  }

  private static void replace(
      PreparedStatement write, PreparedStatement delete, long first, List<Part> parts)
      throws SQLException {
    if (parts.isEmpty()) {
      delete.setLong(1, first);
      delete.executeUpdate();
    } else {
      write(write, first, parts);
    }
  }

  private record Row(long first, List<Part> parts) {}

  private static Optional<Row> group(PreparedStatement select, long index) throws SQLException {
    select.setLong(1, index - EntryGroup.MOST);
    select.setLong(2, index);
    try (ResultSet row = select.executeQuery()) {
      return row.next()
          ? Optional.of(
              new Row(row.getLong(1), of(row.getLong(1), row.getLong(2), row.getBytes(3))))
          : Optional.empty();
    }
  }
}
