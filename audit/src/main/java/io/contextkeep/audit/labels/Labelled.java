package io.contextkeep.audit.labels;

import java.util.Arrays;

/** A label and its entry, ordered by label. */
public final class Labelled implements Comparable<Labelled> {
  /** The length of a label. */
  public static final int LENGTH = 32;

  private final byte[] label;
  private final long index;

  public Labelled(byte[] label, long index) {
    if (label.length != LENGTH || index < 0) {
      throw new IllegalArgumentException("A label must have 32 bytes and an entry");
    }
    this.label = label.clone();
    this.index = index;
  }

  public byte[] label() {
    return label.clone();
  }

  public long index() {
    return index;
  }

  /** Returns whether the label is this one. */
  boolean is(byte[] other) {
    return Arrays.equals(label, other);
  }

  /** Returns the first 16 bits. */
  int bucket() {
    return LabelTree.bucket(label);
  }

  /** Compares with the label that begins at a place. */
  int compareTo(byte[] bytes, int from) {
    return Arrays.compareUnsigned(label, 0, LENGTH, bytes, from, from + LENGTH);
  }

  @Override
  public int compareTo(Labelled other) {
    return Arrays.compareUnsigned(label, other.label);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labelled that && index == that.index && that.is(label);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(label);
  }

  @Override
  public String toString() {
    return "Labelled[" + index + "]";
  }
}
