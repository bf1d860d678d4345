package io.contextkeep.vault.analytics.report;

import io.contextkeep.vault.analytics.query.Column;
import io.contextkeep.vault.analytics.query.Labels;
import io.contextkeep.vault.analytics.query.Part;
import io.contextkeep.vault.analytics.query.Plan;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/**
 * Finds a quantile in a tree of noisy counts by walking down from the root: left where the rank
 * that is looked for is among the left ones, else right. Counts are not cut off at zero, so their
 * errors add up to no bias.
 */
final class Quantiles {
  /**
   * So many standard deviations are exceeded by a normal variable, to one side, 1.25 times in a
   * hundred. The walk goes wrong to one side if any partial sum of the errors on its way is too
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

  /** How far a rank may be off: one count of each level at most, and both of the first in all. */
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
