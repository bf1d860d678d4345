package io.contextkeep.vault.analytics.noise;

import java.math.BigInteger;

/**
 * The discrete Laplace distribution: the probability of {@code x} is proportional to {@code
 * exp(-|x|/scale)}. Added to an integer that one customer changes by at most {@code Δ} it is pure
 * {@code Δ/scale}-differentially private (Canonne, Kamath, Steinke 2020, algorithm 2).
 *
 * @param scale the scale, in units of the hidden value
 */
public record DiscreteLaplace(Rational scale) implements Noise {
  private static final Rational HALF = Rational.of(1, 2);

  public DiscreteLaplace {
    if (scale.signum() <= 0) {
      throw new IllegalArgumentException("The scale of noise must be positive");
    }
  }

  @Override
  public BigInteger draw(Draws draws) {
    while (true) {
      boolean negative = draws.coin(HALF);
      BigInteger size = size(draws);
      // Counting minus zero would make zero twice as likely.
      if (!negative) {
        return size;
      }
      if (size.signum() != 0) {
        return size.negate();
      }
    }
  }

  /** Draws {@code x} with probability proportional to {@code exp(-x/scale)}. */
  private BigInteger size(Draws draws) {
    BigInteger numerator = scale.numerator();
    BigInteger part = draws.below(numerator);
    while (!draws.smallExponentialCoin(new Rational(part, numerator))) {
      part = draws.below(numerator);
    }
    long whole = 0;
    while (draws.smallExponentialCoin(Rational.ONE)) {
      whole++;
    }
    return part.add(numerator.multiply(BigInteger.valueOf(whole))).divide(scale.denominator());
  }
}
