package io.contextkeep.vault.analytics;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * A statistical test of ε-differential privacy: two databases that differ by one customer are asked
 * the same many times, and no outcome range may be likelier with one than {@code exp(ε)} times the
 * other. It only ever refutes. A private mechanism fails it once in ten thousand runs at most: each
 * of some forty comparisons is allowed five standard errors.
 */
final class Neighbours {
  private static final double ERRORS = 5;

  private Neighbours() {}

  static boolean refute(double epsilon, int runs, LongSupplier one, LongSupplier other) {
    Map<Long, Integer> left = counted(runs, one);
    Map<Long, Integer> right = counted(runs, other);
    TreeSet<Long> seen = new TreeSet<>(left.keySet());
    seen.addAll(right.keySet());
    long step = Math.max(1, (seen.last() - seen.first()) / 20);
    for (long bound = seen.first(); bound <= seen.last(); bound += step) {
      double p = below(left, bound, runs);
      double q = below(right, bound, runs);
      if (likelier(epsilon, runs, p, q)
          || likelier(epsilon, runs, q, p)
          || likelier(epsilon, runs, 1 - p, 1 - q)
          || likelier(epsilon, runs, 1 - q, 1 - p)) {
        return true;
      }
    }
    return false;
  }

  private static boolean likelier(double epsilon, int runs, double p, double q) {
    double factor = Math.exp(epsilon);
    double error =
        Math.sqrt((p * (1 - p) + factor * factor * q * (1 - q)) / runs) + (1 + factor) / runs;
    return p - factor * q > ERRORS * error;
  }

  private static double below(Map<Long, Integer> counts, long bound, int runs) {
    return counts.entrySet().stream()
            .filter(entry -> entry.getKey() < bound)
            .mapToInt(Map.Entry::getValue)
            .sum()
        / (double) runs;
  }

  private static Map<Long, Integer> counted(int runs, LongSupplier outcome) {
    Map<Long, Integer> counts = new TreeMap<>();
    for (int i = 0; i < runs; i++) {
      counts.merge(outcome.getAsLong(), 1, Integer::sum);
    }
    return counts;
  }
}
