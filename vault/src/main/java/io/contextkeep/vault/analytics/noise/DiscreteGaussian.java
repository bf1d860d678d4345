package io.contextkeep.vault.analytics.noise;

import java.math.BigInteger;

/**
 * The discrete Gaussian distribution: the probability of {@code x} is proportional to {@code
 * exp(-x²/2σ²)}. Added to integers that one customer changes by at most {@code Δ} in Euclidean
 * length it is {@code Δ²/2σ²}-concentrated differentially private (Canonne, Kamath, Steinke 2020,
 * algorithm 3).
 *
 * @param variance the parameter σ², in squared units of the value that it hides
 */
public record DiscreteGaussian(Rational variance) implements Noise {

  public DiscreteGaussian {
    if (variance.signum() <= 0) {
      throw new IllegalArgumentException("The scale of noise must be positive");
    }
  }

  /** Draws Laplace noise of scale {@code ⌊σ⌋ + 1} and thins it to a Gaussian. */
  @Override
  public BigInteger draw(Draws draws) {
    Rational width = new Rational(variance.floor().sqrt().add(BigInteger.ONE), BigInteger.ONE);
    DiscreteLaplace candidates = new DiscreteLaplace(width);
    Rational centre = variance.dividedBy(width);
    Rational twice = variance.times(Rational.of(2));
    while (true) {
      BigInteger drawn = candidates.draw(draws);
      Rational distance = new Rational(drawn.abs(), BigInteger.ONE).minus(centre);
      if (draws.exponentialCoin(distance.squared().dividedBy(twice))) {
        return drawn;
      }
    }
  }
}
