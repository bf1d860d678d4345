package io.contextkeep.vault.analytics.report;

import io.contextkeep.vault.analytics.query.Column;
import io.contextkeep.vault.analytics.query.Part;
import io.contextkeep.vault.analytics.query.Plan;

/**
 * How many customers a question needs. It follows from the plan alone, so an estimate can say it
 * without a look at data.
 */
public final class Needed {
  private Needed() {}

  /**
   * Returns with how many customers in a cell the interval of its answer is as wide as all that the
   * answer could be. With fewer, the answer says nothing.
   */
  public static long customers(Plan plan) {
    int each = plan.query().column().map(Column::perCustomer).orElse(1);
    return (long) Math.max(1, Math.ceil(items(plan) / each));
  }

  /** The same of items, of which a customer may have several. */
  private static double items(Plan plan) {
    return switch (plan.query().measure()) {
      case COUNT, HISTOGRAM -> 2 * margin(plan, 0, 1);
      case SUM -> 2 * margin(plan, 0, 1) / range(plan);
      case MEAN -> 2 * (margin(plan, 0, 2) + range(plan) / 2 * margin(plan, 1, 2)) / range(plan);
      case VARIANCE -> {
        double reach = range(plan) / plan.grain() / 2;
        double mean = 2 * margin(plan, 0, 3) / reach;
        yield 2 * (margin(plan, 1, 3) / (reach * reach) + mean + margin(plan, 2, 3));
      }
      case QUANTILE -> 2 * Quantiles.doubt(plan);
    };
  }

  private static double range(Plan plan) {
    return plan.query()
        .column()
        .flatMap(Column::bounds)
        .map(scale -> scale.steps(scale.upper()) - scale.steps(scale.lower()))
        .orElseThrow();
  }

  /** What the noise of a part does not exceed, where so many parts are missed equally often. */
  private static double margin(Plan plan, int part, int parts) {
    Part of = plan.parts().get(part);
    return Margin.of(of.noise(), (1 - Margin.CONFIDENCE) / parts).doubleValue();
  }
}
