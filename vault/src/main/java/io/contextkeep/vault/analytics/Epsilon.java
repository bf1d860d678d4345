package io.contextkeep.vault.analytics;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The (ε, δ) of approximate differential privacy that a cost amounts to, at a fixed δ. ρ-zCDP is
 * Rényi differential privacy of {@code αρ} at each order α, and the best order gives ε by
 * proposition 12 of "The Discrete Gaussian for Differential Privacy" (Canonne, Kamath, Steinke
 * 2020).
 */
final class Epsilon {
  /** The δ at which ε is reported: smaller than one in a million customers. */
  public static final double DELTA = 1e-6;

  private static final int DIGITS = 4;

  private Epsilon() {}

  /** Returns ε, rounded up to four decimal places. */
  public static BigDecimal of(Cost cost) {
    double rho = cost.rho() / 1e12;
    return rho == 0 ? BigDecimal.ZERO : up(best(rho));
  }

  /**
   * Returns ε for questions that were all pure, at most the sum of their ε.
   *
   * @param pure the sum of their ε
   */
  public static BigDecimal of(Cost cost, double pure) {
    return of(cost).min(up(pure));
  }

  private static BigDecimal up(double epsilon) {
    return BigDecimal.valueOf(epsilon).setScale(DIGITS, RoundingMode.CEILING);
  }

  /** The bound is convex in ln(α - 1), so a search by thirds finds its least value. */
  private static double best(double rho) {
    double low = Math.log(1e-4);
    double high = Math.log(1e9);
    for (int i = 0; i < 200; i++) {
      double left = low + (high - low) / 3;
      double right = high - (high - low) / 3;
      if (at(rho, left) < at(rho, right)) {
        high = right;
      } else {
        low = left;
      }
    }
    return Math.max(0, at(rho, (low + high) / 2));
  }

  private static double at(double rho, double logOrder) {
    double above = Math.exp(logOrder);
    double order = 1 + above;
    return order * rho + (Math.log(1 / DELTA) - Math.log(order)) / above - Math.log1p(1 / above);
  }
}
