package io.contextkeep.audit.note;

import java.util.Arrays;
import java.util.Optional;

/**
 * A log's statement about its state at one moment (C2SP tlog-checkpoint): its origin, its number of
 * entries and the Merkle root over them. Two checkpoints with the same origin and size but
 * different roots prove that the log has shown two histories.
 */
public final class Checkpoint {
  private final String origin;
  private final long size;
  private final byte[] root;

  /**
   * Creates a checkpoint.
   *
   * @param root the root (RFC 6962, SHA-256)
   * @throws MalformedNote if a checkpoint cannot have these values
   */
  public Checkpoint(String origin, long size, byte[] root) {
    if (origin.isEmpty() || origin.indexOf('\n') >= 0 || size < 0 || root.length != 32) {
      throw new MalformedNote("A checkpoint must have an origin, a size and a SHA-256 root");
    }
    this.origin = origin;
    this.size = size;
    this.root = root.clone();
  }

  public String origin() {
    return origin;
  }

  public long size() {
    return size;
  }

  public byte[] root() {
    return root.clone();
  }

  /**
   * Parses a note's text. Extension lines are ignored, since no monitor can check them.
   *
   * @throws MalformedNote if it is not a checkpoint
   */
  public static Checkpoint parse(String text) {
    return find(text)
        .orElseThrow(
            () ->
                new MalformedNote(
                    "A checkpoint must have an origin, a size and a root, each on a line"));
  }

  static Optional<Checkpoint> find(String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length < 4 || !lines[lines.length - 1].isEmpty()) {
      return Optional.empty();
    }
    for (int i = 0; i < lines.length - 1; i++) {
      if (lines[i].isEmpty()) {
        return Optional.empty();
      }
    }
    var size = Wire.number(lines[1]);
    return size.isEmpty()
        ? Optional.empty()
        : Wire.hash(lines[2]).map(root -> new Checkpoint(lines[0], size.getAsLong(), root));
  }

  /** Returns the signed text, three lines. */
  public String text() {
    return origin + "\n" + size + "\n" + Wire.base64(root) + "\n";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint that
        && origin.equals(that.origin)
        && size == that.size
        && Arrays.equals(root, that.root);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(root);
  }

  @Override
  public String toString() {
    return "Checkpoint[" + origin + ", " + size + "]";
  }
}
