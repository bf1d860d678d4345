package io.contextkeep.audit;

import io.contextkeep.audit.tree.TilePath;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Stores the entries of a transaction in groups, one row for each. A row is written when the group
 * is full, at the end of a tile, and before the transaction commits. Confined to the store's
 * writer.
 */
final class GroupWriter {
  /** The size from which on a group takes no more entries, whatever their number. */
  private static final int FULL = 256 * 1_024;

  private final Prepared prepared;
  private final List<byte[]> leaves = new ArrayList<>();
  private final List<PrivateParts.Part> parts = new ArrayList<>();
  private long first;
  private long time;
  private int bytes;

  GroupWriter(Prepared prepared) {
    this.prepared = prepared;
  }

  /** Adds the next entry. */
  void add(Connection c, long index, long time, byte[] leaf) throws SQLException {
    if (!leaves.isEmpty() && (isFull() || index != first + leaves.size())) {
      write(c);
    }
    if (leaves.isEmpty()) {
      this.first = index;
      this.time = time;
    }
    leaves.add(leaf);
    bytes += leaf.length;
  }

  /** Adds the private part of the entry that was added last. */
  void add(PrivateParts.Part part) {
    parts.add(part);
    bytes += part.sealed().length;
  }

  private boolean isFull() {
    return leaves.size() == EntryGroup.MOST
        || bytes >= FULL
        || (first + leaves.size()) % TilePath.FULL == 0;
  }

  /** Writes what was added, so that the transaction can read it. */
  void write(Connection c) throws SQLException {
    if (leaves.isEmpty()) {
      return;
    }
    PreparedStatement insert =
        prepared.on(
            c, "INSERT INTO audit_group (first, entries, time, leaves) VALUES (?, ?, ?, ?)");
    insert.setLong(1, first);
    insert.setInt(2, leaves.size());
    insert.setLong(3, time);
    insert.setBytes(4, EntryGroup.bundle(leaves));
    insert.executeUpdate();
    if (!parts.isEmpty()) {
      PrivateParts.write(PrivateParts.writing(c, prepared), first, parts);
    }
    forget();
  }

  /** Forgets what was added, because it is written or was rolled back. */
  void forget() {
    leaves.clear();
    parts.clear();
    bytes = 0;
  }
}
