package io.contextkeep.audit.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The right edge of an RFC 6962 tree: the roots of its complete subtrees, largest first, one for
 * each bit of the size, and the hashes of the tile that is not yet full. It is all that appending
 * needs, and immutable: appending returns a new one, so a rollback just keeps the old one.
 */
public final class Frontier {
  public static final Frontier EMPTY =
      new Frontier(0, List.of(), new byte[TilePath.FULL * Hashes.LENGTH]);

  /** A listener for tiles that an append completes. */
  public interface Completed<E extends Exception> {
    /** A tile of entry hashes is full. */
    void tile(long index, byte[] hashes) throws E;

    /** A tile of the level below is full; its root is the index-th hash of this level. */
    void node(int level, long index, byte[] hash) throws E;
  }

  private final long size;
  private final List<byte[]> roots;

  /**
   * The last hashes of the tree, from the last full tile on. The array is shared by the frontiers
   * that grow from one another, each of which owns the part before its own size: one may grow again
   * only when the frontiers that grew from it have been discarded.
   */
  private final byte[] open;

  private Frontier(long size, List<byte[]> roots, byte[] open) {
    this.size = size;
    this.roots = roots;
    this.open = open;
  }

  static Frontier of(long size, List<byte[]> roots, byte[] open) {
    return new Frontier(
        size, List.copyOf(roots), Arrays.copyOf(open, TilePath.FULL * Hashes.LENGTH));
  }

  public long size() {
    return size;
  }

  public Frontier append(byte[] leafHash) {
    return append(leafHash, NOBODY);
  }

  /** Returns the tree with another entry, reporting completed tiles. */
  public <E extends Exception> Frontier append(byte[] leafHash, Completed<E> completed) throws E {
    int at = (int) (size % TilePath.FULL);
    byte[] tile = at == 0 ? new byte[open.length] : open;
    System.arraycopy(leafHash, 0, tile, at * Hashes.LENGTH, Hashes.LENGTH);
    if (at == TilePath.FULL - 1) {
      completed.tile(size / TilePath.FULL, tile.clone());
    }
    List<byte[]> grown = new ArrayList<>(roots);
    byte[] subtree = leafHash;
    int height = 0;
    for (long bits = size; (bits & 1) == 1; bits >>>= 1) {
      subtree = Hashes.node(grown.removeLast(), subtree);
      height++;
      if (height % 8 == 0) {
        completed.node(height / 8, size >>> height, subtree);
      }
    }
    grown.add(subtree);
    return new Frontier(size + 1, grown, tile);
  }

  /** Returns the tree's root, MTH(D[size]). */
  public byte[] root() {
    if (roots.isEmpty()) {
      return Hashes.empty();
    }
    byte[] root = roots.getLast();
    for (int i = roots.size() - 2; i >= 0; i--) {
      root = Hashes.node(roots.get(i), root);
    }
    return root;
  }

  private static final Completed<RuntimeException> NOBODY =
      new Completed<>() {
        @Override
        public void tile(long index, byte[] hashes) {}

        @Override
        public void node(int level, long index, byte[] hash) {}
      };
}
