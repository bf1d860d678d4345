package io.contextkeep.vault.analytics.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The samplers against exact probabilities. The seeds are fixed, so the outcome is; with
 * -Dcontextkeep.draws=… more are drawn.
 */
final class NoiseTest {
  private static final int DRAWS = Integer.getInteger("contextkeep.draws", 20_000);

  @ParameterizedTest
  @CsvSource({"1,3", "1,1", "7,2", "10,1", "100,7"})
  void laplace_hasTheProbabilitiesOfItsScale(long numerator, long denominator) {
    DiscreteLaplace noise = new DiscreteLaplace(Rational.of(numerator, denominator));
    double scale = (double) numerator / denominator;

    assertThat(ChiSquare.excess(drawn(noise, 1), laplace(scale), 2_000)).isLessThan(1);
  }

  @ParameterizedTest
  @CsvSource({"1,4", "1,1", "50,9", "100,1", "1000,3"})
  void gaussian_hasTheProbabilitiesOfItsVariance(long numerator, long denominator) {
    DiscreteGaussian noise = new DiscreteGaussian(Rational.of(numerator, denominator));
    double variance = (double) numerator / denominator;

    assertThat(ChiSquare.excess(drawn(noise, 2), gaussian(variance), 2_000)).isLessThan(1);
  }

  @Test
  void aScaleWithAnErrorOfFivePercent_isNoticed() {
    DiscreteLaplace noise = new DiscreteLaplace(Rational.of(21, 20));

    assertThat(ChiSquare.excess(drawn(noise, 3), laplace(1), 2_000)).isGreaterThan(1);
  }

  /** A sampler with the mistake that the paper warns of: minus zero counted as zero. */
  @Test
  void aSamplerThatKeepsMinusZero_isNoticed() {
    Draws draws = draws(4);
    Map<Integer, Long> drawn =
        ChiSquare.counted(
            DRAWS,
            () -> {
              int size = geometric(draws);
              return draws.coin(Rational.of(1, 2)) ? -size : size;
            });

    assertThat(ChiSquare.excess(drawn, laplace(1), 2_000)).isGreaterThan(1);
  }

  private static int geometric(Draws draws) {
    int size = 0;
    while (draws.smallExponentialCoin(Rational.ONE)) {
      size++;
    }
    return size;
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "17", "4294967296", "4294967297", "36893488147419103232"})
  void uniform_staysBelowItsBound_andReachesEveryValue(BigInteger bound) {
    Draws draws = draws(5);
    BigInteger least = bound;
    BigInteger most = BigInteger.ZERO;
    for (int i = 0; i < 1_000; i++) {
      BigInteger drawn = draws.below(bound);
      least = least.min(drawn);
      most = most.max(drawn);
    }
    assertThat(most).isLessThan(bound);
    assertThat(least.multiply(BigInteger.TEN)).isLessThanOrEqualTo(bound);
    assertThat(most.multiply(BigInteger.TEN))
        .isGreaterThanOrEqualTo(bound.subtract(BigInteger.ONE).multiply(BigInteger.valueOf(9)));
  }

  @Test
  void noiseIsCentredOnZero_soThatAnswersAreUnbiased() {
    DiscreteLaplace laplace = new DiscreteLaplace(Rational.of(10));
    DiscreteGaussian gaussian = new DiscreteGaussian(Rational.of(100));

    // Five standard errors of a mean of that many draws.
    assertThat(mean(drawn(laplace, 6))).isCloseTo(0, within(5 * 14.2 / Math.sqrt(DRAWS)));
    assertThat(mean(drawn(gaussian, 7))).isCloseTo(0, within(5 * 10.0 / Math.sqrt(DRAWS)));
  }

  @Test
  void aSum_isReleasedOnce() {
    ExactSum sum = new ExactSum();
    sum.add(5);
    sum.release(new DiscreteLaplace(Rational.ONE), draws(8));

    assertThatThrownBy(() -> sum.release(new DiscreteLaplace(Rational.ONE), draws(8)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anOverflowingSum_isAnError() {
    ExactSum sum = new ExactSum();
    sum.add(Long.MAX_VALUE);

    assertThatThrownBy(() -> sum.add(1)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void aSum_isNotPrinted() {
    ExactSum sum = new ExactSum();
    sum.add(4711);

    assertThat(sum.toString()).doesNotContain("4711");
  }

  @Test
  void anInvalidScale_isRefused() {
    assertThatThrownBy(() -> new DiscreteLaplace(Rational.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DiscreteGaussian(Rational.of(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<Integer, Long> drawn(Noise noise, long seed) {
    Draws draws = draws(seed);
    return ChiSquare.counted(DRAWS, () -> noise.draw(draws).intValueExact());
  }

  private static Draws draws(long seed) {
    return new Draws(new SeededBytes(seed));
  }

  private static double mean(Map<Integer, Long> drawn) {
    return drawn.entrySet().stream().mapToDouble(e -> (double) e.getKey() * e.getValue()).sum()
        / DRAWS;
  }

  private static IntToDoubleFunction laplace(double scale) {
    double p = Math.exp(-1 / scale);
    return x -> (1 - p) / (1 + p) * Math.pow(p, Math.abs(x));
  }

  private static IntToDoubleFunction gaussian(double variance) {
    double whole = 1;
    for (int x = 1; x < 10_000; x++) {
      whole += 2 * Math.exp(-(double) x * x / (2 * variance));
    }
    double sum = whole;
    return x -> Math.exp(-(double) x * x / (2 * variance)) / sum;
  }
}
