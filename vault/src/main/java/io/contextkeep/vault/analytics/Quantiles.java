package io.contextkeep.vault.analytics;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/**
 * The search for a quantile in a tree of noisy counts. It walks down from the root, to the left if
 * the rank is among the left ones, or else to the right. Counts are not cut off at zero, which
 * would bias their sums.
 */
final class Quantiles {
  /**
   * The number of standard deviations that a normal variable exceeds, to one side, with probability
   * 1.25 %. The walk goes wrong to one side if any partial sum of the errors on its way is too
   * large, which is at most twice as likely as that the whole sum is (Lévy's inequality).
   */
  private static final double ONE_SIDE = 2.2415;

  private Quantiles() {}

  static Answers.Estimate of(Plan plan, List<BigInteger> sums) {
    Part top = plan.parts().getFirst();
    double all = count(sums, top, 0) + count(sums, top, 1);
    double rank = Margin.value(plan.query().quantile().orElseThrow()) * all;
    double doubt = doubt(plan);
    int slots = plan.parts().getLast().slots();
    Column column = plan.query().column().orElseThrow();
    int found = leaf(plan, sums, rank);
    BigDecimal value =
        Labels.edge(column, found, slots)
            .add(Labels.last(column, found, slots))
            .divide(BigDecimal.TWO);
    return new Answers.Estimate(
        value,
        Labels.edge(column, leaf(plan, sums, rank - doubt), slots),
        Labels.last(column, leaf(plan, sums, rank + doubt), slots));
  }

  /** Returns the possible error of a rank: one count of each level, and both of the first. */
  static double doubt(Plan plan) {
    double deviation = Margin.deviation(plan.parts().getFirst().noise());
    return ONE_SIDE * deviation * Math.sqrt(plan.parts().size() + 1.0);
  }

  private static int leaf(Plan plan, List<BigInteger> sums, double rank) {
    int node = 0;
    double left = rank;
    for (Part level : plan.parts()) {
      double here = count(sums, level, 2 * node);
      if (left <= here) {
        node = 2 * node;
      } else {
        left -= here;
        node = 2 * node + 1;
      }
    }
    return node;
  }

  private static double count(List<BigInteger> sums, Part level, int slot) {
    return sums.get(level.first() + slot).doubleValue();
  }
}
