package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the proofs that {@link Proofs} verifies, from the stored leaf hashes (RFC 9162, sections
 * 2.1.3.1 and 2.1.4.1). One proof reads every hash of the tree: milliseconds for a hundred thousand
 * entries.
 */
public final class ProofMaker {
  private final List<byte[]> hashes;

  private ProofMaker(List<byte[]> hashes) {
    this.hashes = hashes;
  }

  /**
   * The path from the leaf up to the root of the first {@code size} entries, leaf side first.
   *
   * @throws IllegalArgumentException if the log has no such tree or the tree no such entry
   */
  public static List<byte[]> inclusion(Connection c, long index, long size) throws SQLException {
    require(index >= 0 && index < size, "No entry " + index + " in a tree of " + size);
    ProofMaker maker = read(c, size);
    List<byte[]> path = new ArrayList<>();
    maker.path((int) index, 0, (int) size, path);
    return List.copyOf(path);
  }

  /**
   * The proof that the second tree begins with the first.
   *
   * @throws IllegalArgumentException if the sizes are not ones of this log, in order
   */
  public static List<byte[]> consistency(Connection c, long first, long second)
      throws SQLException {
    require(first >= 0 && first <= second, "No tree of " + first + " within one of " + second);
    ProofMaker maker = read(c, second);
    List<byte[]> proof = new ArrayList<>();
    if (first > 0 && first < second) {
      maker.subproof((int) first, 0, (int) second, true, proof);
    }
    return List.copyOf(proof);
  }

  private void path(int index, int from, int to, List<byte[]> path) {
    if (to - from == 1) {
      return;
    }
    int middle = from + split(to - from);
    if (index < middle) {
      path(index, from, middle, path);
      path.add(root(middle, to));
    } else {
      path(index, middle, to, path);
      path.add(root(from, middle));
    }
  }

  /** Section 2.1.4.1; {@code known} says that the verifier has the root of this very subtree. */
  private void subproof(int first, int from, int to, boolean known, List<byte[]> proof) {
    if (first == to) {
      if (!known) {
        proof.add(root(from, to));
      }
      return;
    }
    int middle = from + split(to - from);
    if (first <= middle) {
      subproof(first, from, middle, known, proof);
      proof.add(root(middle, to));
    } else {
      subproof(first, middle, to, false, proof);
      proof.add(root(from, middle));
    }
  }

  private byte[] root(int from, int to) {
    if (to - from == 1) {
      return hashes.get(from);
    }
    int middle = from + split(to - from);
    return Hashes.node(root(from, middle), root(middle, to));
  }

  /** The largest power of two smaller than the number of leaves. */
  private static int split(int leaves) {
    return Integer.highestOneBit(leaves - 1);
  }

  private static ProofMaker read(Connection c, long size) throws SQLException {
    require(size <= Integer.MAX_VALUE, "A tree of " + size + " is too large for one proof");
    try (PreparedStatement select =
        c.prepareStatement("SELECT hash FROM audit_leaf WHERE idx < ? ORDER BY idx")) {
      select.setLong(1, size);
      try (ResultSet rows = select.executeQuery()) {
        List<byte[]> hashes = new ArrayList<>();
        while (rows.next()) {
          hashes.add(rows.getBytes(1));
        }
        require(hashes.size() == size, "The log has no tree of " + size);
        return new ProofMaker(hashes);
      }
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
