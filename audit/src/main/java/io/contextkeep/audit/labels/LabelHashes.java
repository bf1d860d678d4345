package io.contextkeep.audit.labels;

import io.contextkeep.audit.tree.Hashes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** The hashes of the prefix tree, with other first bytes than those of the log's tree. */
final class LabelHashes {
  private static final byte[] EMPTY = new byte[Hashes.LENGTH];

  private LabelHashes() {}

  /** The hash of an empty subtree. */
  static byte[] empty() {
    return EMPTY.clone();
  }

  /** Returns the hash of a label alone in its subtree, at any depth. */
  static byte[] leaf(byte[] label, long index) {
    MessageDigest sha = Hashes.sha256();
    sha.update((byte) 2);
    sha.update(label);
    return sha.digest(ByteBuffer.allocate(Long.BYTES).putLong(index).array());
  }

  static byte[] node(byte[] left, byte[] right) {
    MessageDigest sha = Hashes.sha256();
    sha.update((byte) 3);
    sha.update(left);
    return sha.digest(right);
  }

  /** Returns the bit of a label at a depth; true is right. */
  static boolean bit(byte[] label, int depth) {
    return (label[depth / 8] >> (7 - depth % 8) & 1) == 1;
  }
}
