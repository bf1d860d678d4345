package io.contextkeep.audit.tree;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * The verification of Merkle proofs by RFC 9162. Its input may be hostile: a proof that is too
 * long, too short or for impossible sizes is invalid.
 */
public final class Proofs {

  private Proofs() {}

  /**
   * Returns whether the leaf hash is at that index of the tree with that root (section 2.1.3.2).
   */
  public static boolean verifyInclusion(
      byte[] leafHash, long index, long size, List<byte[]> proof, byte[] root) {
    if (index < 0 || index >= size || !allHashes(proof) || leafHash.length != Hashes.LENGTH) {
      return false;
    }
    long fn = index;
    long sn = size - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : proof) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        hash = Hashes.node(sibling, hash);
        int levels = (fn & 1) == 1 ? 0 : Long.numberOfTrailingZeros(fn);
        fn = shift(fn, levels);
        sn = shift(sn, levels);
      } else {
        hash = Hashes.node(hash, sibling);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    return sn == 0 && Arrays.equals(hash, root);
  }

  /**
   * Returns whether the tree of the second size and root extends that of the first (section
   * 2.1.4.2). Consistency with the empty tree is not defined, so a first size of 0 is invalid.
   */
  public static boolean verifyConsistency(
      long first, long second, List<byte[]> proof, byte[] firstRoot, byte[] secondRoot) {
    if (first < 1 || first > second || !allHashes(proof)) {
      return false;
    }
    if (first == second) {
      return proof.isEmpty() && Arrays.equals(firstRoot, secondRoot);
    }
    int levels = Long.numberOfTrailingZeros(first);
    boolean complete = first == Long.highestOneBit(first);
    long fn = (first - 1) >>> levels;
    long sn = (second - 1) >>> levels;
    Iterator<byte[]> path = proof.iterator();
    if (!complete && !path.hasNext()) {
      return false;
    }
    byte[] fr = complete ? firstRoot : path.next();
    byte[] sr = fr;
    while (path.hasNext()) {
      byte[] hash = path.next();
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        fr = Hashes.node(hash, fr);
        sr = Hashes.node(hash, sr);
        int skipped = (fn & 1) == 1 ? 0 : Long.numberOfTrailingZeros(fn);
        fn = shift(fn, skipped);
        sn = shift(sn, skipped);
      } else {
        sr = Hashes.node(sr, hash);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    return sn == 0 && Arrays.equals(fr, firstRoot) && Arrays.equals(sr, secondRoot);
  }

  /**
   * Shifts to the right, with the result 0 for 64 and more, where Java's own operator wraps around.
   */
  private static long shift(long value, int by) {
    return by >= Long.SIZE ? 0 : value >>> by;
  }

  private static boolean allHashes(List<byte[]> proof) {
    return proof.stream().allMatch(hash -> hash.length == Hashes.LENGTH);
  }
}
