package io.contextkeep.audit;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The leaves of entries that follow one another, as one row holds them: each after its length in
 * two bytes, like in the bundle of a tile (C2SP tlog-tiles). A group lies within one tile.
 */
public final class EntryGroup {
  /** The most entries of a group; a tile is whole groups of so many, or of fewer. */
  static final int MOST = 64;

  private EntryGroup() {}

  /** Returns the leaves as one row holds them. */
  public static byte[] bundle(List<byte[]> leaves) {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream(1_024 * leaves.size());
    leaves.forEach(leaf -> put(bundle, leaf));
    return bundle.toByteArray();
  }

  /** Returns the leaves of a bundle, up to where it is damaged, if it is. */
  public static List<byte[]> leaves(byte[] bundle) {
    List<byte[]> leaves = new ArrayList<>();
    for (int at = 0; isWhole(bundle, at); at = next(bundle, at)) {
      leaves.add(Arrays.copyOfRange(bundle, at + 2, next(bundle, at)));
    }
    return leaves;
  }

  /** Returns a leaf of a bundle without copying the others. */
  static Optional<byte[]> leaf(byte[] bundle, long position) {
    int at = 0;
    for (long i = 0; i < position && isWhole(bundle, at); i++) {
      at = next(bundle, at);
    }
    return isWhole(bundle, at)
        ? Optional.of(Arrays.copyOfRange(bundle, at + 2, next(bundle, at)))
        : Optional.empty();
  }

  static void put(ByteArrayOutputStream bundle, byte[] leaf) {
    bundle.write(leaf.length >>> 8);
    bundle.write(leaf.length);
    bundle.writeBytes(leaf);
  }

  private static boolean isWhole(byte[] bundle, int at) {
    return at + 2 <= bundle.length && next(bundle, at) <= bundle.length;
  }

  private static int next(byte[] bundle, int at) {
    return at + 2 + ((bundle[at] & 0xff) << 8 | bundle[at + 1] & 0xff);
  }
}
