package io.contextkeep.vault.analytics;

import io.contextkeep.vault.analytics.noise.DiscreteGaussian;
import io.contextkeep.vault.analytics.noise.DiscreteLaplace;
import io.contextkeep.vault.analytics.noise.Noise;
import io.contextkeep.vault.analytics.noise.Rational;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The margin of error of noise: the least whole number that its absolute value exceeds no more
 * often than stated. It depends on the noise's parameters only, and is exact for the discrete
 * distribution wherever its steps matter.
 */
final class Margin {
  /** The confidence level of intervals. */
  public static final double CONFIDENCE = 0.95;

  /** Above this σ, the steps of the integers no longer matter in four digits. */
  private static final double SMOOTH = 2_000;

  /** The number of standard deviations that hold 95 % of a normal distribution. */
  static final double NORMAL_95 = 1.959964;

  private Margin() {}

  public static BigInteger of(Noise noise) {
    return of(noise, 1 - CONFIDENCE);
  }

  /**
   * @param missed the probability that the noise is larger
   */
  static BigInteger of(Noise noise, double missed) {
    return switch (noise) {
      case DiscreteLaplace laplace -> laplace(value(laplace.scale()), missed);
      case DiscreteGaussian gaussian -> gaussian(Math.sqrt(value(gaussian.variance())), missed);
    };
  }

  /** Returns the standard deviation. */
  public static double deviation(Noise noise) {
    return switch (noise) {
      case DiscreteLaplace laplace -> {
        double p = Math.exp(-1 / value(laplace.scale()));
        yield Math.sqrt(2 * p) / -Math.expm1(-1 / value(laplace.scale()));
      }
      case DiscreteGaussian gaussian -> Math.sqrt(value(gaussian.variance()));
    };
  }

  /** Solves {@code P(|N| > m) = 2 p^(m+1) / (1 + p)}. */
  private static BigInteger laplace(double scale, double missed) {
    double p = Math.exp(-1 / scale);
    double m = Math.ceil(-scale * Math.log(missed * (1 + p) / 2) - 1 - 1e-9);
    return whole(Math.max(0, m));
  }

  private static BigInteger gaussian(double sigma, double missed) {
    if (sigma > SMOOTH) {
      return whole(Math.ceil(sigma * normal(missed)));
    }
    int reach = (int) Math.ceil(12 * sigma) + 2;
    double all = 1;
    for (int x = 1; x <= reach; x++) {
      all += 2 * density(x, sigma);
    }
    double tail = 0;
    int m = reach;
    while (m > 0 && tail + 2 * density(m, sigma) / all <= missed) {
      tail += 2 * density(m, sigma) / all;
      m--;
    }
    return BigInteger.valueOf(m);
  }

  private static double density(int x, double sigma) {
    return Math.exp(-(double) x * x / (2 * sigma * sigma));
  }

  /** Returns the quantile of a normal distribution (Abramowitz, Stegun 26.2.23). */
  private static double normal(double missed) {
    if (missed == 1 - CONFIDENCE) {
      return NORMAL_95;
    }
    double t = Math.sqrt(-2 * Math.log(missed / 2));
    return t
        - (2.515517 + 0.802853 * t + 0.010328 * t * t)
            / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
  }

  static double value(Rational rational) {
    return new BigDecimal(rational.numerator())
        .divide(new BigDecimal(rational.denominator()), java.math.MathContext.DECIMAL64)
        .doubleValue();
  }

  private static BigInteger whole(double number) {
    return new BigDecimal(number).toBigInteger();
  }
}
