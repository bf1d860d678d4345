package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.analytics.noise.DiscreteGaussian;
import io.contextkeep.vault.analytics.noise.DiscreteLaplace;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;

/**
 * Maker of answers from noisy sums. It works on public numbers only and reveals nothing more.
 * Counts and sums may be negative: cutting them off at zero would bias their sums.
 */
final class Answers {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Answers() {}

  /** A number with its 95 % confidence interval. */
  record Estimate(BigDecimal value, BigDecimal lower, BigDecimal upper) {
    /** The significant digits of an interval's width. */
    private static final int DIGITS = 4;

    /** Rounds to significant digits, the interval outwards. */
    static Estimate rounded(double value, Range range) {
      BigDecimal lower = new BigDecimal(range.low());
      BigDecimal upper = new BigDecimal(range.high());
      BigDecimal width = upper.subtract(lower);
      int scale = DIGITS - (width.precision() - width.scale());
      return new Estimate(
          new BigDecimal(value).setScale(scale, RoundingMode.HALF_EVEN),
          lower.setScale(scale, RoundingMode.FLOOR),
          upper.setScale(scale, RoundingMode.CEILING));
    }

    /** Returns the estimate in other units, {@code from + unit x}, within bounds. */
    Estimate scaled(BigDecimal from, BigDecimal unit, BigDecimal least, BigDecimal most) {
      return new Estimate(
          from.add(unit.multiply(value)).max(least).min(most),
          from.add(unit.multiply(lower)).max(least).min(most),
          from.add(unit.multiply(upper)).max(least).min(most));
    }

    ObjectNode into(ObjectNode json) {
      json.put("value", plain(value));
      json.putObject("interval").put("lower", plain(lower)).put("upper", plain(upper));
      return json;
    }
  }

  /** Returns the method of the answer, which estimates show too. */
  public static ObjectNode method(Plan plan) {
    Query query = plan.query();
    ObjectNode json = JSON.objectNode();
    json.put("unit", unit(query));
    json.put("privacyUnit", "one customer, added or removed");
    Part main = plan.parts().getFirst();
    switch (main.noise()) {
      case DiscreteLaplace laplace ->
          json.put("mechanism", "discrete-laplace").put("scale", laplace.scale().toString());
      case DiscreteGaussian gaussian ->
          json.put("mechanism", "discrete-gaussian")
              .put("variance", gaussian.variance().toString());
    }
    json.put("deviation", plain(BigDecimal.valueOf(Margin.deviation(main.noise()))));
    json.put("confidence", plain(BigDecimal.valueOf(Margin.CONFIDENCE)));
    query.column().ifPresent(column -> bounds(json.putObject("bounds"), plan, column));
    if (query.privateKeys()) {
      json.put("threshold", new BigDecimal(plan.threshold()));
    }
    if (isLinear(query.measure())) {
      json.put(
          "expectedError", plain(scale(query).multiply(new BigDecimal(Margin.of(main.noise())))));
    }
    return json;
  }

  private static void bounds(ObjectNode json, Plan plan, Column column) {
    column
        .bounds()
        .ifPresent(
            scale ->
                json.put("lower", plain(scale.lower()))
                    .put("upper", plain(scale.upper()))
                    .put("step", plain(step(plan))));
    json.put("perCustomer", column.perCustomer());
  }

  private static String unit(Query query) {
    return query.measure() == Measure.COUNT || query.measure() == Measure.HISTOGRAM
        ? query.ofEvents() ? "events" : "customers"
        : query.column().orElseThrow().bounds().orElseThrow().unit()
            + (query.measure() == Measure.VARIANCE ? "²" : "");
  }

  private static boolean isLinear(Measure measure) {
    return measure == Measure.COUNT || measure == Measure.SUM || measure == Measure.HISTOGRAM;
  }

  /** Returns the size of a step. */
  private static BigDecimal scale(Query query) {
    return query.measure() == Measure.SUM
        ? query.column().orElseThrow().bounds().orElseThrow().step()
        : BigDecimal.ONE;
  }

  /** Adds the cells of the answer and the noisy total count. */
  public static void results(Plan plan, Noisy noisy, ObjectNode json) {
    var cells = json.putArray("cells");
    noisy.cells().forEach((keys, sums) -> cell(plan, keys, sums, cells.addObject()));
    BigInteger cohort = BigInteger.ZERO;
    Part counting =
        plan.query().measure() == Measure.QUANTILE ? plan.parts().getFirst() : plan.counting();
    for (List<BigInteger> sums : noisy.cells().values()) {
      for (int i = 0; i < counting.slots(); i++) {
        cohort = cohort.add(sums.get(counting.first() + i));
      }
    }
    json.put("counted", new BigDecimal(cohort));
  }

  private static void cell(Plan plan, List<String> keys, List<BigInteger> sums, ObjectNode json) {
    Query query = plan.query();
    if (!keys.isEmpty()) {
      ObjectNode key = json.putObject("key");
      for (int i = 0; i < keys.size(); i++) {
        Group group = query.groups().get(i);
        key.put(group.attribute().name(), keys.get(i));
      }
    }
    switch (query.measure()) {
      case COUNT, SUM -> series(plan, sums, json);
      case MEAN -> mean(plan, sums).into(json);
      case VARIANCE -> variance(plan, sums).into(json);
      case HISTOGRAM -> histogram(plan, sums, json);
      case QUANTILE -> Quantiles.of(plan, sums).into(json);
    }
  }

  private static void series(Plan plan, List<BigInteger> sums, ObjectNode json) {
    Query query = plan.query();
    if (query.every().isEmpty()) {
      linear(plan, sums.getFirst()).into(json);
      return;
    }
    var series = json.putArray("series");
    for (int i = 0; i < plan.parts().getFirst().slots(); i++) {
      ObjectNode step = series.addObject();
      step.put("from", query.every().get().start(query.window(), i).toString());
      linear(plan, sums.get(i)).into(step);
    }
  }

  private static Estimate linear(Plan plan, BigInteger sum) {
    BigDecimal scale = scale(plan.query());
    BigDecimal value = scale.multiply(new BigDecimal(sum));
    BigDecimal margin = scale.multiply(new BigDecimal(Margin.of(plan.parts().getFirst().noise())));
    return new Estimate(value, value.subtract(margin), value.add(margin));
  }

  private static void histogram(Plan plan, List<BigInteger> sums, ObjectNode json) {
    Column column = plan.query().column().orElseThrow();
    var bins = json.putArray("bins");
    for (int i = 0; i < sums.size(); i++) {
      ObjectNode bin = bins.addObject();
      bin.put("from", plain(Labels.edge(column, i, sums.size())));
      bin.put("below", plain(Labels.edge(column, i + 1, sums.size())));
      linear(plan, sums.get(i)).into(bin);
    }
  }

  /**
   * Returns a mean from a centred sum and a count. Its interval is that of the quotient if both are
   * within theirs, each missed half as often, so its confidence is at least as stated.
   */
  private static Estimate mean(Plan plan, List<BigInteger> sums) {
    Column column = plan.query().column().orElseThrow();
    double half = (1 - Margin.CONFIDENCE) / 2;
    double total = sums.get(0).doubleValue();
    double count = sums.get(1).doubleValue();
    double totalMargin = Margin.of(plan.parts().get(0).noise(), half).doubleValue();
    double countMargin = Margin.of(plan.parts().get(1).noise(), half).doubleValue();
    Range centred =
        Range.around(total, totalMargin).over(Range.around(count, countMargin).atLeast(1));
    var scale = column.bounds().orElseThrow();
    return Estimate.rounded(total / Math.max(1, count), centred)
        .scaled(Labels.middle(column), scale.step(), scale.lower(), scale.upper());
  }

  /**
   * Returns {@code E[x²] - E[x]²}, each part missed a third as often. Rounding a value to a grain
   * moves it by half a grain at most, so it moves the standard deviation of all by no more than
   * that either (the triangle inequality). No variance is more than the square of half the range.
   */
  private static Estimate variance(Plan plan, List<BigInteger> sums) {
    double third = (1 - Margin.CONFIDENCE) / 3;
    Range[] ranges = new Range[3];
    for (int i = 0; i < 3; i++) {
      double margin = Margin.of(plan.parts().get(i).noise(), third).doubleValue();
      ranges[i] = Range.around(sums.get(i).doubleValue(), margin);
    }
    Range count = ranges[2].atLeast(1);
    Range mean = ranges[0].over(count);
    Range spread = ranges[1].over(count).minus(mean.squared());
    double n = Math.max(1, sums.get(2).doubleValue());
    double value = sums.get(1).doubleValue() / n - Math.pow(sums.get(0).doubleValue() / n, 2);
    double rounding = plan.grain() == 1 ? 0 : 0.5;
    var scale = plan.query().column().orElseThrow().bounds().orElseThrow();
    BigDecimal half = scale.upper().subtract(scale.lower()).divide(BigDecimal.TWO);
    return Estimate.rounded(value, spread.root().widened(rounding).squared())
        .scaled(BigDecimal.ZERO, step(plan).pow(2), BigDecimal.ZERO, half.pow(2));
  }

  /**
   * Returns the unit that values were rounded to: the catalogue's step, or more if squares would
   * overflow.
   */
  private static BigDecimal step(Plan plan) {
    return plan.query()
        .column()
        .orElseThrow()
        .bounds()
        .orElseThrow()
        .step()
        .multiply(BigDecimal.valueOf(plan.grain()));
  }

  static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
