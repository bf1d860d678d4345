package io.contextkeep.vault.analytics.noise;

import java.math.BigInteger;

/**
 * Exact draws from random bytes: uniform integers, and coins whose bias is a fraction or {@code e}
 * to the power of one. Each follows "The Discrete Gaussian for Differential Privacy" (Canonne,
 * Kamath, Steinke 2020), section 5; the number of bytes depends on chance and parameters alone.
 */
public final class Draws {
  private final RandomBytes random;

  public Draws(RandomBytes random) {
    this.random = random;
  }

  /**
   * Draws uniformly from {@code 0 … bound - 1}: as many bits as the bound has, from little-endian
   * words of 32 bits, repeated until they are below the bound.
   */
  BigInteger below(BigInteger bound) {
    if (bound.signum() <= 0) {
      throw new IllegalArgumentException("The bound must be positive, not " + bound);
    }
    int bits = bound.bitLength();
    byte[] bytes = new byte[Math.ceilDiv(bits, 32) * 4];
    while (true) {
      random.fill(bytes);
      BigInteger drawn = littleEndian(bytes, bits);
      if (drawn.compareTo(bound) < 0) {
        return drawn;
      }
    }
  }

  /** Returns the bits; the upper bits of the last word count. */
  private static BigInteger littleEndian(byte[] bytes, int bits) {
    int words = bytes.length / 4;
    int unused = words * 32 - bits;
    if (words == 1) {
      return BigInteger.valueOf(Integer.toUnsignedLong(word(bytes, 0)) >>> unused);
    }
    byte[] big = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      big[i] = bytes[bytes.length - 1 - i];
    }
    int last = 0;
    for (int i = 0; i < 4; i++) {
      last = last << 8 | big[i] & 0xff;
    }
    last >>>= unused;
    for (int i = 3; i >= 0; i--) {
      big[i] = (byte) last;
      last >>>= 8;
    }
    return new BigInteger(1, big);
  }

  private static int word(byte[] bytes, int at) {
    return bytes[at] & 0xff
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | (bytes[at + 3] & 0xff) << 24;
  }

  /** Returns true with a probability between 0 and 1. */
  boolean coin(Rational probability) {
    BigInteger drawn = below(probability.denominator()).add(BigInteger.ONE);
    return drawn.compareTo(probability.numerator()) <= 0;
  }

  /** Returns true with probability {@code exp(-exponent)} for an exponent of at least 0. */
  boolean exponentialCoin(Rational exponent) {
    BigInteger whole = exponent.floor();
    for (BigInteger i = BigInteger.ZERO; i.compareTo(whole) < 0; i = i.add(BigInteger.ONE)) {
      if (!smallExponentialCoin(Rational.ONE)) {
        return false;
      }
    }
    return smallExponentialCoin(exponent.minus(new Rational(whole, BigInteger.ONE)));
  }

  /**
   * Does the same for an exponent of at most 1: the first failure among coins of bias {@code γ/1,
   * γ/2, γ/3, …} comes at an odd place with exactly that probability.
   */
  boolean smallExponentialCoin(Rational exponent) {
    long place = 1;
    while (coin(exponent.dividedBy(Rational.of(place)))) {
      place++;
    }
    return place % 2 == 1;
  }

  /** A cryptographic random generator; in a vault, the operating system's. */
  @FunctionalInterface
  public interface RandomBytes {

    /** Fills the array with unpredictable bytes. */
    void fill(byte[] bytes);
  }
}
