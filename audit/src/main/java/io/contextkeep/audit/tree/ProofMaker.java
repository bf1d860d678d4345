package io.contextkeep.audit.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the roots and the proofs of one tree from its tiles (RFC 9162, sections 2.1.3.1 and
 * 2.1.4.1): the proofs that {@link Proofs} verifies. One proof reads a handful of tiles, whatever
 * the size of the tree; each is read once.
 */
public final class ProofMaker<E extends Exception> {
  private final TileSource<E> tiles;
  private final long size;
  private final Map<TilePath, byte[]> read = new HashMap<>();

  /** Creates a maker of proofs in the tree of the first {@code size} entries. */
  public ProofMaker(TileSource<E> tiles, long size) {
    this.tiles = tiles;
    this.size = size;
  }

  public byte[] root() throws E {
    return root(size);
  }

  /**
   * Returns the root of the tree of the first entries.
   *
   * @throws IllegalArgumentException if that tree is larger
   */
  public byte[] root(long first) throws E {
    require(first >= 0 && first <= size, "No tree of " + first + " within one of " + size);
    return first == 0 ? Hashes.empty() : root(0, first);
  }

  /** Returns the hash of an entry. */
  public byte[] leaf(long index) throws E {
    require(index >= 0 && index < size, "No entry " + index + " in a tree of " + size);
    return subtree(0, index);
  }

  /**
   * Returns the path from the leaf to the root, leaf side first.
   *
   * @throws IllegalArgumentException if the tree has no such entry
   */
  public List<byte[]> inclusion(long index) throws E {
    require(index >= 0 && index < size, "No entry " + index + " in a tree of " + size);
    List<byte[]> path = new ArrayList<>();
    path(index, 0, size, path);
    return List.copyOf(path);
  }

  /**
   * Returns the consistency proof from the tree of the first {@code first} entries.
   *
   * @throws IllegalArgumentException if that is larger
   */
  public List<byte[]> consistency(long first) throws E {
    require(first >= 0 && first <= size, "No tree of " + first + " within one of " + size);
    List<byte[]> proof = new ArrayList<>();
    if (first > 0 && first < size) {
      subproof(first, 0, size, true, proof);
    }
    return List.copyOf(proof);
  }

  /** Returns the right edge, from which the tree can grow. */
  public Frontier frontier() throws E {
    List<byte[]> roots = new ArrayList<>();
    for (int height = Long.SIZE - 2; height >= 0; height--) {
      if ((size >> height & 1) == 1) {
        roots.add(subtree(height, (size >> height) - 1));
      }
    }
    int open = (int) (size % TilePath.FULL);
    return Frontier.of(size, roots, open == 0 ? new byte[0] : tile(0, size / TilePath.FULL));
  }

  private void path(long index, long from, long to, List<byte[]> path) throws E {
    if (to - from == 1) {
      return;
    }
    long middle = from + split(to - from);
    if (index < middle) {
      path(index, from, middle, path);
      path.add(root(middle, to));
    } else {
      path(index, middle, to, path);
      path.add(root(from, middle));
    }
  }

  /**
   * Returns the proof of section 2.1.4.1; {@code known} means that the verifier has the root of
   * this very subtree.
   */
  private void subproof(long first, long from, long to, boolean known, List<byte[]> proof)
      throws E {
    if (first == to) {
      if (!known) {
        proof.add(root(from, to));
      }
      return;
    }
    long middle = from + split(to - from);
    if (first <= middle) {
      subproof(first, from, middle, known, proof);
      proof.add(root(middle, to));
    } else {
      subproof(first, middle, to, false, proof);
      proof.add(root(from, middle));
    }
  }

  private byte[] root(long from, long to) throws E {
    long leaves = to - from;
    if (Long.bitCount(leaves) == 1 && from % leaves == 0) {
      return subtree(Long.numberOfTrailingZeros(leaves), from / leaves);
    }
    long middle = from + split(leaves);
    return Hashes.node(root(from, middle), root(middle, to));
  }

  /** Returns the root of the index-th complete subtree of 2^height leaves. */
  private byte[] subtree(int height, long index) throws E {
    int level = height / 8;
    int hashes = 1 << height % 8;
    long first = index * hashes;
    byte[] tile = tile(level, first / TilePath.FULL);
    int at = (int) (first % TilePath.FULL);
    if ((at + hashes) * Hashes.LENGTH > tile.length) {
      throw new IllegalStateException("The subtree reaches beyond the tree");
    }
    return compressed(tile, at, hashes);
  }

  private static byte[] compressed(byte[] tile, int at, int hashes) {
    if (hashes == 1) {
      return Arrays.copyOfRange(tile, at * Hashes.LENGTH, (at + 1) * Hashes.LENGTH);
    }
    int half = hashes / 2;
    return Hashes.node(compressed(tile, at, half), compressed(tile, at + half, half));
  }

  private byte[] tile(int level, long index) throws E {
    TilePath path = new TilePath(level, index, TilePath.width(level, index, size));
    byte[] tile = read.get(path);
    if (tile == null) {
      tile = tiles.hashes(level, index, path.width());
      if (tile.length != path.width() * Hashes.LENGTH) {
        throw new MissingTile(path);
      }
      read.put(path, tile);
    }
    return tile;
  }

  /** Returns the largest power of two smaller than the number of leaves. */
  private static long split(long leaves) {
    return Long.highestOneBit(leaves - 1);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
