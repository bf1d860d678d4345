package io.contextkeep.vault.analytics.noise;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/**
 * Pearson's test of drawn integers against exact probabilities. Neighbouring values share a class
 * until at least ten draws are expected in it. True distributions fail it once in a million times.
 */
final class ChiSquare {
  /** The upper one-in-a-million point of the standard normal distribution. */
  private static final double Z = 4.753424;

  private static final double LEAST_EXPECTED = 10;

  private ChiSquare() {}

  /**
   * Returns the distance of the draws from the probabilities, as a multiple of the distance that
   * chance explains; above 1 they are not of that distribution.
   *
   * @param reach the probabilities of {@code -reach … reach} add up to 1, nearly
   */
  static double excess(Map<Integer, Long> drawn, IntToDoubleFunction probability, int reach) {
    long all = drawn.values().stream().mapToLong(Long::longValue).sum();
    double statistic = 0;
    int classes = 0;
    double expected = 0;
    double observed = 0;
    double expectedSoFar = 0;
    double observedSoFar = 0;
    for (int x = -reach; x <= reach; x++) {
      expected += all * probability.applyAsDouble(x);
      observed += drawn.getOrDefault(x, 0L);
      if (expected >= LEAST_EXPECTED && all - expectedSoFar - expected >= LEAST_EXPECTED) {
        statistic += (observed - expected) * (observed - expected) / expected;
        classes++;
        expectedSoFar += expected;
        observedSoFar += observed;
        expected = 0;
        observed = 0;
      }
    }
    double rest = all - expectedSoFar;
    statistic += Math.pow(all - observedSoFar - rest, 2) / rest;
    return statistic / critical(classes);
  }

  /**
   * Returns the critical value by Wilson and Hilferty's approximation, better than 1 % from ten
   * degrees of freedom on.
   */
  private static double critical(int degrees) {
    double spread = 2.0 / (9 * degrees);
    return degrees * Math.pow(1 - spread + Z * Math.sqrt(spread), 3);
  }

  static Map<Integer, Long> counted(int draws, java.util.function.IntSupplier sampler) {
    Map<Integer, Long> counts = new TreeMap<>();
    for (int i = 0; i < draws; i++) {
      counts.merge(sampler.getAsInt(), 1L, Long::sum);
    }
    return counts;
  }
}
