package io.contextkeep.vault.analytics.budget;

import io.contextkeep.vault.analytics.noise.Rational;
import java.math.BigInteger;

/**
 * How much answers give away: ρ of zero-concentrated differential privacy (Bun, Steinke 2016),
 * which adds up over questions however they are chosen (Whitehouse, Ramdas, Wu, Rogers 2023), and
 * the probability δ with which a private key may show. Both are whole numbers of trillionths, so
 * sums are exact; what a question costs is rounded up to one.
 *
 * @param rho in trillionths
 * @param delta in trillionths
 */
public record Cost(long rho, long delta) {
  public static final Cost NOTHING = new Cost(0, 0);
  private static final Rational UNITS = Rational.of(1_000_000_000_000L);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE / 4);

  public Cost {
    if (rho < 0 || delta < 0) {
      throw new IllegalArgumentException("Nothing is given back");
    }
  }

  /** Rounded up: for what is charged. */
  public static Cost charged(Rational rho, Rational delta) {
    return new Cost(units(rho.times(UNITS).ceil()), units(delta.times(UNITS).ceil()));
  }

  /** Rounded down: for what may be spent. */
  public static Cost allowed(Rational rho, Rational delta) {
    return new Cost(units(rho.times(UNITS).floor()), units(delta.times(UNITS).floor()));
  }

  /** What pure ε-differential privacy costs: ρ = ε²/2. */
  public static Rational rhoOfPure(Rational epsilon) {
    return epsilon.squared().dividedBy(Rational.of(2));
  }

  public Cost plus(Cost other) {
    return new Cost(Math.addExact(rho, other.rho), Math.addExact(delta, other.delta));
  }

  /** What is left of this after that much: never less than nothing. */
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
   * @throws IllegalArgumentException if it is more than any ledger could hold
   */
  private static long units(BigInteger units) {
    if (units.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("More than any budget");
    }
    return units.longValueExact();
  }
}
