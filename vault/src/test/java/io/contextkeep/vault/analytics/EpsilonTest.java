package io.contextkeep.vault.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.analytics.noise.Rational;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The reported ε, which lies between the best known value of a mechanism, its privacy loss
 * distribution as dp_accounting 0.6.0 computes it at δ = 10⁻⁶, and the simplest bound, {@code ρ +
 * 2√(ρ ln(1/δ))}.
 */
final class EpsilonTest {

  /** Checks k answers that one customer changes by 1, under Gaussian noise of σ = 10. */
  @ParameterizedTest
  @CsvSource({"1,0.3969,0.5307", "10,1.3676,1.7123", "100,4.8866,5.7565"})
  void kGaussians_areReportedBetweenTheBestAndTheSimplestBound(
      int k, BigDecimal best, BigDecimal simplest) {
    Cost one = Cost.charged(Rational.of(1, 200), Rational.ZERO);

    assertThat(Epsilon.of(times(one, k))).isBetween(best, simplest);
  }

  /** Checks the same under Laplace noise of scale 10: each is pure 1/10. */
  @ParameterizedTest
  @CsvSource({"1,0.1000,0.5307", "10,0.9990,1.7123", "100,4.6927,5.7565"})
  void kLaplaces_areReportedBetweenTheBestAndTheSimplestBound(
      int k, BigDecimal best, BigDecimal simplest) {
    Cost one = Cost.charged(Cost.rhoOfPure(Rational.of(1, 10)), Rational.ZERO);

    assertThat(Epsilon.of(times(one, k), k * 0.1)).isBetween(best, simplest);
  }

  @Test
  void withoutSpending_epsilonIsZero() {
    assertThat(Epsilon.of(Cost.NOTHING)).isZero();
  }

  @Test
  void moreSpent_isNeverReportedAsLess() {
    BigDecimal last = BigDecimal.ZERO;
    for (long rho = 1; rho < 1_000_000_000_000_000L; rho *= 3) {
      BigDecimal now = Epsilon.of(new Cost(rho, 0));
      assertThat(now).isGreaterThanOrEqualTo(last);
      last = now;
    }
  }

  private static Cost times(Cost one, int k) {
    Cost all = Cost.NOTHING;
    for (int i = 0; i < k; i++) {
      all = all.plus(one);
    }
    return all;
  }
}
