package io.contextkeep.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of an RFC 6962 tree: the roots of its complete subtrees, largest first, one for
 * each bit of the size. It is all that appending needs, and a value: appending gives a new one, so
 * a rolled-back batch is forgotten by keeping the old.
 */
final class Frontier {
  static final Frontier EMPTY = new Frontier(0, List.of());

  private final long size;
  private final List<byte[]> roots;

  private Frontier(long size, List<byte[]> roots) {
    this.size = size;
    this.roots = roots;
  }

  long size() {
    return size;
  }

  Frontier append(byte[] leafHash) {
    List<byte[]> grown = new ArrayList<>(roots);
    byte[] subtree = leafHash;
    for (long bits = size; (bits & 1) == 1; bits >>>= 1) {
      subtree = Hashes.node(grown.removeLast(), subtree);
    }
    grown.add(subtree);
    return new Frontier(size + 1, grown);
  }

  /** The tree's root, MTH(D[size]). */
  byte[] root() {
    if (roots.isEmpty()) {
      return Hashes.empty();
    }
    byte[] root = roots.getLast();
    for (int i = roots.size() - 2; i >= 0; i--) {
      root = Hashes.node(roots.get(i), root);
    }
    return root;
  }
}
