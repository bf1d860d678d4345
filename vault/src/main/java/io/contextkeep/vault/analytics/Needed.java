package io.contextkeep.vault.analytics;

/**
 * The number of customers that a question needs. It depends on the plan only, so estimates read no
 * data.
 */
final class Needed {
  private Needed() {}

  /**
   * Returns the number of customers in a cell for which the interval is as wide as the range of
   * possible answers. With fewer, the answer is meaningless.
   */
  public static long customers(Plan plan) {
    int each = plan.query().column().map(Column::perCustomer).orElse(1);
    return (long) Math.max(1, Math.ceil(items(plan) / each));
  }

  /** Returns the number of items, of which a customer may have several. */
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

  /** Returns the margin of a part's noise if several parts are missed equally often. */
  private static double margin(Plan plan, int part, int parts) {
    Part of = plan.parts().get(part);
    return Margin.of(of.noise(), (1 - Margin.CONFIDENCE) / parts).doubleValue();
  }
}
