package io.contextkeep.ontology;

import java.security.SecureRandom;

/**
 * The random number of a customer in one vault: 63 bits from a CSPRNG, unrelated to identifiers and
 * meaningless outside. It is the key of rows; people see it as 16 hexadecimal digits.
 */
public record SubjectId(long value) implements Comparable<SubjectId> {

  public SubjectId {
    if (value <= 0) {
      throw new IllegalArgumentException("A subject id is a positive number");
    }
  }

  public static SubjectId random(SecureRandom random) {
    return new SubjectId((random.nextLong() >>> 1) | 1);
  }

  /**
   * Returns a number that no customer has: customers' numbers are odd, this one is even.
   *
   * @param number any number; equal ones give equal results
   */
  public static SubjectId ofNobody(long number) {
    return new SubjectId(Math.max(2, number >>> 1 & ~1L));
  }

  /** Returns whether it belongs to no customer, as results of {@link #ofNobody} do. */
  public boolean isNobody() {
    return (value & 1) == 0;
  }

  public static SubjectId parse(String text) {
    return new SubjectId(Long.parseUnsignedLong(text, 16));
  }

  @Override
  public int compareTo(SubjectId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return String.format("%016x", value);
  }
}
