package io.contextkeep.audit.labels;

import io.contextkeep.audit.tree.Hashes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** The hashes of the prefix tree, with other first bytes than those of the log's tree. */
final class LabelHashes {
  private static final byte[] EMPTY = new byte[Hashes.LENGTH];

  private LabelHashes() {}

  /** Of no label at all. */
  static byte[] empty() {
    return EMPTY.clone();
  }

  /** Of a label that is alone in its subtree, at whatever depth. */
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

  /** The bit that chooses at that depth; true is right. */
  static boolean bit(byte[] label, int depth) {
    return (label[depth / 8] >> (7 - depth % 8) & 1) == 1;
  }
}
