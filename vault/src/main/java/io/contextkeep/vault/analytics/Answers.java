package io.contextkeep.vault.analytics;

import io.contextkeep.vault.analytics.noise.DiscreteGaussian;
import io.contextkeep.vault.analytics.noise.DiscreteLaplace;
import io.contextkeep.vault.analytics.noise.Noise;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Maker of answers from noisy sums. It works on public numbers only and reveals nothing more.
 * Counts and sums may be negative: cutting them off at zero would bias their sums.
 */
final class Answers {
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

    Interval interval() {
      return new Interval(plain(lower), plain(upper));
    }
  }

  /**
   * How an answer is made, which estimates show too.
   *
   * @param unit the unit of the answer's values
   * @param privacyUnit what the noise hides
   * @param scale that of Laplace noise
   * @param variance that of Gaussian noise
   * @param threshold the least noisy count with which a private key is shown
   * @param expectedError half the width of the interval, where it is known before
   */
  public record Method(
      String unit,
      String privacyUnit,
      String mechanism,
      Optional<String> scale,
      Optional<String> variance,
      BigDecimal deviation,
      BigDecimal confidence,
      Optional<Bounds> bounds,
      Optional<BigDecimal> threshold,
      Optional<BigDecimal> expectedError) {}

  /**
   * The bounds of what one customer contributes.
   *
   * @param perCustomer the most events of one customer that count
   */
  public record Bounds(
      Optional<BigDecimal> lower,
      Optional<BigDecimal> upper,
      Optional<BigDecimal> step,
      int perCustomer) {}

  /** An interval in which a value lies with the stated confidence. */
  public record Interval(BigDecimal lower, BigDecimal upper) {}

  /**
   * The cells of an answer.
   *
   * @param counted the noisy number of all that was counted
   */
  public record Results(List<Cell> cells, BigDecimal counted) {}

  /**
   * A cell: one value, a series or a histogram.
   *
   * @param key the values by which it is grouped, by attribute
   */
  public record Cell(
      Optional<Map<String, String>> key,
      Optional<List<Step>> series,
      Optional<List<Bin>> bins,
      Optional<BigDecimal> value,
      Optional<Interval> interval) {}

  /**
   * A value of a series.
   *
   * @param from the day on which it begins
   */
  public record Step(LocalDate from, BigDecimal value, Interval interval) {}

  /** A bin of a histogram. */
  public record Bin(BigDecimal from, BigDecimal below, BigDecimal value, Interval interval) {}

  /** Returns how the answer is made. */
  public static Method method(Plan plan) {
    Query query = plan.query();
    Noise noise = plan.parts().getFirst().noise();
    return new Method(
        unit(query),
        "one customer, added or removed",
        switch (noise) {
          case DiscreteLaplace _ -> "discrete-laplace";
          case DiscreteGaussian _ -> "discrete-gaussian";
        },
        noise instanceof DiscreteLaplace laplace
            ? Optional.of(laplace.scale().toString())
            : Optional.empty(),
        noise instanceof DiscreteGaussian gaussian
            ? Optional.of(gaussian.variance().toString())
            : Optional.empty(),
        plain(BigDecimal.valueOf(Margin.deviation(noise))),
        plain(BigDecimal.valueOf(Margin.CONFIDENCE)),
        query.column().map(column -> bounds(plan, column)),
        query.privateKeys() ? Optional.of(new BigDecimal(plan.threshold())) : Optional.empty(),
        isLinear(query.measure())
            ? Optional.of(plain(scale(query).multiply(new BigDecimal(Margin.of(noise)))))
            : Optional.empty());
  }

  private static Bounds bounds(Plan plan, Column column) {
    return new Bounds(
        column.bounds().map(scale -> plain(scale.lower())),
        column.bounds().map(scale -> plain(scale.upper())),
        column.bounds().map(_ -> plain(step(plan))),
        column.perCustomer());
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

  /** Returns the cells of the answer and the noisy total count. */
  public static Results results(Plan plan, Noisy noisy) {
    List<Cell> cells = new ArrayList<>();
    noisy.cells().forEach((keys, sums) -> cells.add(cell(plan, keys, sums)));
    BigInteger cohort = BigInteger.ZERO;
    Part counting =
        plan.query().measure() == Measure.QUANTILE ? plan.parts().getFirst() : plan.counting();
    for (List<BigInteger> sums : noisy.cells().values()) {
      for (int i = 0; i < counting.slots(); i++) {
        cohort = cohort.add(sums.get(counting.first() + i));
      }
    }
    return new Results(cells, new BigDecimal(cohort));
  }

  private static Cell cell(Plan plan, List<String> keys, List<BigInteger> sums) {
    Query query = plan.query();
    Optional<Map<String, String>> key = Optional.of(key(query, keys)).filter(it -> !it.isEmpty());
    return switch (query.measure()) {
      case COUNT, SUM ->
          query.every().isPresent()
              ? new Cell(
                  key,
                  Optional.of(series(plan, query.every().get(), sums)),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty())
              : cell(key, linear(plan, sums.getFirst()));
      case MEAN -> cell(key, mean(plan, sums));
      case VARIANCE -> cell(key, variance(plan, sums));
      case HISTOGRAM ->
          new Cell(
              key,
              Optional.empty(),
              Optional.of(histogram(plan, sums)),
              Optional.empty(),
              Optional.empty());
      case QUANTILE -> cell(key, Quantiles.of(plan, sums));
    };
  }

  private static Cell cell(Optional<Map<String, String>> key, Estimate estimate) {
    return new Cell(
        key,
        Optional.empty(),
        Optional.empty(),
        Optional.of(plain(estimate.value())),
        Optional.of(estimate.interval()));
  }

  private static Map<String, String> key(Query query, List<String> keys) {
    Map<String, String> key = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      key.put(query.groups().get(i).attribute().name(), keys.get(i));
    }
    return key;
  }

  private static List<Step> series(Plan plan, Every every, List<BigInteger> sums) {
    List<Step> series = new ArrayList<>();
    for (int i = 0; i < plan.parts().getFirst().slots(); i++) {
      Estimate estimate = linear(plan, sums.get(i));
      series.add(
          new Step(
              every.start(plan.query().window(), i), plain(estimate.value()), estimate.interval()));
    }
    return series;
  }

  private static Estimate linear(Plan plan, BigInteger sum) {
    BigDecimal scale = scale(plan.query());
    BigDecimal value = scale.multiply(new BigDecimal(sum));
    BigDecimal margin = scale.multiply(new BigDecimal(Margin.of(plan.parts().getFirst().noise())));
    return new Estimate(value, value.subtract(margin), value.add(margin));
  }

  private static List<Bin> histogram(Plan plan, List<BigInteger> sums) {
    Column column = plan.query().column().orElseThrow();
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      Estimate estimate = linear(plan, sums.get(i));
      bins.add(
          new Bin(
              plain(Labels.edge(column, i, sums.size())),
              plain(Labels.edge(column, i + 1, sums.size())),
              plain(estimate.value()),
              estimate.interval()));
    }
    return bins;
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
