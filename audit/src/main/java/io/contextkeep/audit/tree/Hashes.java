package io.contextkeep.audit.tree;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The two hashes of an RFC 6962 tree (section 2.1), over SHA-256. Leaves and nodes have different
 * prefixes, so that no node can be passed off as an entry.
 */
public final class Hashes {
  public static final int LENGTH = 32;

  private static final MessageDigest FRESH = lookedUp();

  private Hashes() {}

  public static byte[] leaf(byte[] entry) {
    MessageDigest sha = sha256();
    sha.update((byte) 0);
    return sha.digest(entry);
  }

  static byte[] node(byte[] left, byte[] right) {
    MessageDigest sha = sha256();
    sha.update((byte) 1);
    sha.update(left);
    return sha.digest(right);
  }

  /** Returns the root of the empty tree. */
  public static byte[] empty() {
    return sha256().digest();
  }

  /** Returns a new digest: a copy, since to look one up takes as long as to hash with it. */
  public static MessageDigest sha256() {
    try {
      return (MessageDigest) FRESH.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("The JDK's SHA-256 can be copied", e);
    }
  }

  private static MessageDigest lookedUp() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
