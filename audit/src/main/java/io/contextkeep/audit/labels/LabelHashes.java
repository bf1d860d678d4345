package io.contextkeep.audit.labels;

import io.contextkeep.audit.tree.Hashes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** The hashes of the prefix tree, with other first bytes than those of the log's tree. */
final class LabelHashes {
  private static final byte[] EMPTY = new byte[Hashes.LENGTH];

  /** The length of a label and its index. */
  private static final int LEAF = Labelled.LENGTH + Long.BYTES;

  private LabelHashes() {}

  /** The hash of an empty subtree. */
  static byte[] empty() {
    return EMPTY.clone();
  }

  /** Returns the hash of a label alone in its subtree, at any depth. */
  static byte[] leaf(byte[] label, long index) {
    return leaf(Hashes.sha256(), ByteBuffer.allocate(LEAF).put(label).putLong(index).array(), 0);
  }

  /** Returns the same hash of a label and its index, which follow each other. */
  static byte[] leaf(MessageDigest sha, byte[] bytes, int from) {
    sha.update((byte) 2);
    sha.update(bytes, from, LEAF);
    return sha.digest();
  }

  static byte[] node(byte[] left, byte[] right) {
    return node(Hashes.sha256(), left, right);
  }

  static byte[] node(MessageDigest sha, byte[] left, byte[] right) {
    sha.update((byte) 3);
    sha.update(left);
    return sha.digest(right);
  }

  /** Returns the bit of a label at a depth; true is right. */
  static boolean bit(byte[] label, int depth) {
    return bit(label, 0, depth);
  }

  /** Returns the bit of a label that begins at a place. */
  static boolean bit(byte[] bytes, int from, int depth) {
    return (bytes[from + depth / 8] >> (7 - depth % 8) & 1) == 1;
  }
}
