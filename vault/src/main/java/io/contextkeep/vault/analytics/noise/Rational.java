package io.contextkeep.vault.analytics.noise;

import java.math.BigDecimal;
import java.math.BigInteger;

/** An exact fraction in lowest terms; its denominator is positive. */
public record Rational(BigInteger numerator, BigInteger denominator)
    implements Comparable<Rational> {
  public static final Rational ZERO = of(0);
  public static final Rational ONE = of(1);

  public Rational {
    if (denominator.signum() == 0) {
      throw new ArithmeticException("A fraction's denominator is not 0");
    }
    BigInteger common = gcd(numerator, denominator);
    BigInteger divisor = denominator.signum() < 0 ? common.negate() : common;
    if (!divisor.equals(BigInteger.ONE)) {
      numerator = numerator.divide(divisor);
      denominator = denominator.divide(divisor);
    }
  }

  /** A fast path for small fractions, of which noise needs many. */
  private static BigInteger gcd(BigInteger one, BigInteger other) {
    if (one.bitLength() >= Long.SIZE || other.bitLength() >= Long.SIZE) {
      return one.gcd(other);
    }
    long a = one.longValue();
    long b = other.longValue();
    while (b != 0) {
      long rest = a % b;
      a = b;
      b = rest;
    }
    return BigInteger.valueOf(a).abs();
  }

  public static Rational of(long whole) {
    return of(whole, 1);
  }

  public static Rational of(long numerator, long denominator) {
    return new Rational(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
  }

  /** Returns a decimal number as a fraction. */
  public static Rational of(BigDecimal decimal) {
    BigInteger unscaled = decimal.unscaledValue();
    return decimal.scale() >= 0
        ? new Rational(unscaled, BigInteger.TEN.pow(decimal.scale()))
        : new Rational(unscaled.multiply(BigInteger.TEN.pow(-decimal.scale())), BigInteger.ONE);
  }

  public Rational plus(Rational other) {
    return new Rational(
        numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
        denominator.multiply(other.denominator));
  }

  public Rational minus(Rational other) {
    return plus(new Rational(other.numerator.negate(), other.denominator));
  }

  public Rational times(Rational other) {
    return new Rational(
        numerator.multiply(other.numerator), denominator.multiply(other.denominator));
  }

  public Rational dividedBy(Rational other) {
    return new Rational(
        numerator.multiply(other.denominator), denominator.multiply(other.numerator));
  }

  public Rational squared() {
    return times(this);
  }

  /** Returns the greatest whole number that is not greater. */
  public BigInteger floor() {
    BigInteger[] parts = numerator.divideAndRemainder(denominator);
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  /** Returns the least whole number that is not less. */
  public BigInteger ceil() {
    return new Rational(numerator.negate(), denominator).floor().negate();
  }

  public int signum() {
    return numerator.signum();
  }

  @Override
  public int compareTo(Rational other) {
    return numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator));
  }

  /** Returns text such as {@code 1171/500}, or {@code 3} for a whole number. */
  @Override
  public String toString() {
    return denominator.equals(BigInteger.ONE)
        ? numerator.toString()
        : numerator + "/" + denominator;
  }
}
