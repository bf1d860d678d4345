package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The stored entries of a log, for tests: read, counted, and changed as an attacker would. */
public final class StoredEntries {
  private StoredEntries() {}

  /** A change of a group's leaves. */
  @FunctionalInterface
  public interface Change {
    void of(List<byte[]> leaves, int position);
  }

  public static byte[] leaf(Connection c, long index) throws SQLException {
    return new Entries(c).leaf(index).orElseThrow();
  }

  public static byte[] sealed(Connection c, long index) throws SQLException {
    return PrivateParts.at(c, index).orElseThrow().sealed();
  }

  /** Returns the indices of all entries with a private part, in order. */
  public static List<Long> parts(Connection c) throws SQLException {
    List<Long> indices = new ArrayList<>();
    PrivateParts.indices(c, indices::add);
    return indices;
  }

  /** Returns the stored leaves of a range, in order. */
  public static List<byte[]> leaves(Connection c, long from, long to) throws SQLException {
    List<byte[]> leaves = new ArrayList<>();
    new Entries(c).oldest(from, to, (_, leaf) -> leaves.add(leaf));
    return leaves;
  }

  /** Writes the group of an entry again. */
  public static int change(Connection c, long index, Change change) throws SQLException {
    try (PreparedStatement select = c.prepareStatement(Entries.GROUP_OF);
        PreparedStatement update =
            c.prepareStatement("UPDATE audit_group SET entries = ?, leaves = ? WHERE first = ?")) {
      select.setLong(1, index - EntryGroup.MOST);
      select.setLong(2, index);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        long first = row.getLong(1);
        List<byte[]> leaves = EntryGroup.leaves(row.getBytes(2));
        change.of(leaves, (int) (index - first));
        update.setInt(1, leaves.size());
        update.setBytes(2, EntryGroup.bundle(leaves));
        update.setLong(3, first);
        return update.executeUpdate();
      }
    }
  }
}
