package io.contextkeep.audit;

import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.MissingTile;
import io.contextkeep.audit.tree.ProofMaker;
import io.contextkeep.audit.tree.TilePath;
import io.contextkeep.audit.tree.TileSource;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The tree in the database: full tiles of entry hashes as they are served, one row for each hash
 * above them, and for the tile that is still growing the entries themselves.
 */
public final class StoredTiles implements TileSource<SQLException> {
  static final String SCHEMA =
      """
      CREATE TABLE audit_tile (idx INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
      CREATE TABLE audit_node (
        level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL,
        PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID;
      """;

  private final Connection connection;

  /** Creates a reader in the connection's transaction, so that all results are of one state. */
  public StoredTiles(Connection connection) {
    this.connection = connection;
  }

  /** Returns the maker of proofs in the tree of the first {@code size} entries. */
  public static ProofMaker<SQLException> proofs(Connection c, long size) {
    return new ProofMaker<>(new StoredTiles(c), size);
  }

  /**
   * Returns the bytes of a tile or bundle, exactly as served; empty if a tree of that size does not
   * have it, above all where a tile is not yet as full as the path says, and where the entries were
   * pruned.
   */
  public static Optional<byte[]> get(Connection c, TilePath path, long size) throws SQLException {
    if (!path.within(size)
        || path.level() == TilePath.ENTRIES && path.index() * TilePath.FULL < Pruning.minimum(c)) {
      return Optional.empty();
    }
    StoredTiles tiles = new StoredTiles(c);
    return Optional.of(
        path.level() == TilePath.ENTRIES
            ? tiles.bundle(path)
            : tiles.hashes(path.level(), path.index(), path.width()));
  }

  /** Visits the indices of all entries that have their private part. */
  public static void sealed(Connection c, LongConsumer visitor) throws SQLException {
    PrivateParts.indices(c, visitor);
  }

  /** Returns the minimum index, from which on every entry exists; 0 if nothing was pruned. */
  public static long minimum(Connection c) throws SQLException {
    return Pruning.minimum(c);
  }

  /**
   * Returns the remains of a pruned bundle's entries: like a bundle, with an empty record, the
   * labels or a kept entry in each entry's place; empty if the bundle was not pruned.
   */
  public static Optional<byte[]> pruned(Connection c, long tile) throws SQLException {
    return tile >= 0 && tile * TilePath.FULL < Pruning.minimum(c)
        ? Optional.of(Pruning.rest(c, tile).bundle(tile))
        : Optional.empty();
  }

  @Override
  public byte[] hashes(int level, long index, int width) throws SQLException {
    TilePath path = new TilePath(level, index, width);
    if (level > 0) {
      return nodes(path);
    }
    return width == TilePath.FULL ? full(path) : growing(path);
  }

  /** Returns a bundle: for each entry the length in two bytes, then the entry. */
  private byte[] bundle(TilePath path) throws SQLException {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream(path.width() * 1_024);
    int entries = leaves(path, leaf -> EntryGroup.put(bundle, leaf));
    return whole(path, entries, bundle);
  }

  private byte[] full(TilePath path) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT hashes FROM audit_tile WHERE idx = ?")) {
      select.setLong(1, path.index());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new MissingTile(path);
        }
        return row.getBytes(1);
      }
    }
  }

  private byte[] growing(TilePath path) throws SQLException {
    ByteArrayOutputStream tile = new ByteArrayOutputStream(path.width() * Hashes.LENGTH);
    int entries = leaves(path, leaf -> tile.writeBytes(Hashes.leaf(leaf)));
    return whole(path, entries, tile);
  }

  private byte[] nodes(TilePath path) throws SQLException {
    ByteArrayOutputStream tile = new ByteArrayOutputStream(path.width() * Hashes.LENGTH);
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT hash FROM audit_node WHERE idx >= ? AND idx < ? AND level = ?"
                + " ORDER BY idx")) {
      select.setInt(3, path.level());
      return whole(path, rows(path, select, tile::writeBytes), tile);
    }
  }

  private int leaves(TilePath path, Consumer<byte[]> each) throws SQLException {
    long from = path.index() * TilePath.FULL;
    int[] count = {0};
    new Entries(connection)
        .oldest(
            from,
            from + path.width(),
            (_, leaf) -> {
              each.accept(leaf);
              count[0]++;
              return true;
            });
    return count[0];
  }

  private static int rows(TilePath path, PreparedStatement select, Consumer<byte[]> row)
      throws SQLException {
    select.setLong(1, path.index() * TilePath.FULL);
    select.setLong(2, path.index() * TilePath.FULL + path.width());
    try (ResultSet rows = select.executeQuery()) {
      int count = 0;
      while (rows.next()) {
        row.accept(rows.getBytes(1));
        count++;
      }
      return count;
    }
  }

  private static byte[] whole(TilePath path, int rows, ByteArrayOutputStream bytes) {
    if (rows != path.width()) {
      throw new MissingTile(path);
    }
    return bytes.toByteArray();
  }

  /** Stores completed tiles, in the transaction that appends. */
  record Store(Connection c, Prepared prepared) implements Frontier.Completed<SQLException> {
    @Override
    public void tile(long index, byte[] hashes) throws SQLException {
      PreparedStatement insert =
          prepared.on(c, "INSERT INTO audit_tile (idx, hashes) VALUES (?, ?)");
      insert.setLong(1, index);
      insert.setBytes(2, hashes);
      insert.executeUpdate();
    }

    @Override
    public void node(int level, long index, byte[] hash) throws SQLException {
      PreparedStatement insert =
          prepared.on(c, "INSERT INTO audit_node (level, idx, hash) VALUES (?, ?, ?)");
      insert.setInt(1, level);
      insert.setLong(2, index);
      insert.setBytes(3, hash);
      insert.executeUpdate();
    }
  }
}
