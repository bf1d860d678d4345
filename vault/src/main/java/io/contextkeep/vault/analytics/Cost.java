package io.contextkeep.vault.analytics;

import io.contextkeep.vault.analytics.noise.Rational;
import java.math.BigInteger;

/**
 * The privacy cost of answers: ρ of zero-concentrated differential privacy (Bun, Steinke 2016),
 * which adds up over questions however they are chosen (Whitehouse, Ramdas, Wu, Rogers 2023), and
 * the probability δ with which a private key may show. Both are whole numbers of trillionths, so
 * sums are exact; the cost of a question is rounded up.
 *
 * @param rho in trillionths
 * @param delta in trillionths
 */
record Cost(long rho, long delta) {
  public static final Cost NOTHING = new Cost(0, 0);
  private static final Rational UNITS = Rational.of(1_000_000_000_000L);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE / 4);

  public Cost {
    if (rho < 0 || delta < 0) {
      throw new IllegalArgumentException("A cost must not be negative");
    }
  }

  /** Returns a charge, rounded up. */
  public static Cost charged(Rational rho, Rational delta) {
    return new Cost(units(rho.times(UNITS).ceil()), units(delta.times(UNITS).ceil()));
  }

  /** Returns a limit, rounded down. */
  public static Cost allowed(Rational rho, Rational delta) {
    return new Cost(units(rho.times(UNITS).floor()), units(delta.times(UNITS).floor()));
  }

  /** Returns the cost of pure ε-differential privacy, ρ = ε²/2. */
  public static Rational rhoOfPure(Rational epsilon) {
    return epsilon.squared().dividedBy(Rational.of(2));
  }

  public Cost plus(Cost other) {
    return new Cost(Math.addExact(rho, other.rho), Math.addExact(delta, other.delta));
  }

  /** Returns what remains after spending, at least zero. */
  public Cost minus(Cost spent) {
    return new Cost(Math.max(0, rho - spent.rho), Math.max(0, delta - spent.delta));
  }

  public boolean fitsIn(Cost limit) {
    return rho <= limit.rho && delta <= limit.delta;
  }

  public Rational exactRho() {
    return Rational.of(rho).dividedBy(UNITS);
  }

  public Rational exactDelta() {
    return Rational.of(delta).dividedBy(UNITS);
  }

  /**
   * @throws IllegalArgumentException if it exceeds what a ledger can hold
   */
  private static long units(BigInteger units) {
    if (units.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("The cost exceeds any budget");
    }
    return units.longValueExact();
  }
}
