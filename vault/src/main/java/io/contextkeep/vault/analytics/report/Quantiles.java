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
 * that is looked for is among the left ones, else right.
 */
final class Quantiles {
  private Quantiles() {}

  static Answers.Estimate of(Plan plan, List<BigInteger> sums) {
    Part top = plan.parts().getFirst();
    double all = Math.max(0, count(sums, top, 0)) + Math.max(0, count(sums, top, 1));
    double rank = Margin.value(plan.query().quantile().orElseThrow()) * all;
    // A rank is the sum of one count of each level at most, and of the total.
    double doubt =
        Margin.NORMAL_95 * Margin.deviation(top.noise()) * Math.sqrt(plan.parts().size() + 2.0);
    int slots = plan.parts().getLast().slots();
    Column column = plan.query().column().orElseThrow();
    int found = leaf(plan, sums, rank);
    BigDecimal value =
        Labels.edge(column, found, slots)
            .add(Labels.edge(column, found + 1, slots))
            .divide(BigDecimal.TWO);
    return new Answers.Estimate(
        value,
        Labels.edge(column, leaf(plan, sums, rank - doubt), slots),
        Labels.edge(column, leaf(plan, sums, rank + doubt) + 1, slots));
  }

  private static int leaf(Plan plan, List<BigInteger> sums, double rank) {
    int node = 0;
    double left = rank;
    for (Part level : plan.parts()) {
      double here = Math.max(0, count(sums, level, 2 * node));
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
