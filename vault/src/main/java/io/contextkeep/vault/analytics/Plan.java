package io.contextkeep.vault.analytics;

import io.contextkeep.vault.analytics.noise.DiscreteGaussian;
import io.contextkeep.vault.analytics.noise.DiscreteLaplace;
import io.contextkeep.vault.analytics.noise.Noise;
import io.contextkeep.vault.analytics.noise.Rational;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The plan of an answer, made before any data is read: its sums, their sensitivity to one customer,
 * the noise, and the cost. The unit of privacy is one customer, added or removed.
 *
 * @param query the question with the price that its error needs
 * @param cost the total cost, shared by all sums
 * @param threshold the least noisy count at which a private key is shown; 0 if all keys are public
 * @param grain the number of steps in one unit of a centred sum: 1 unless squares of steps could
 *     overflow
 */
record Plan(Query query, List<Part> parts, Cost cost, BigInteger threshold, long grain) {
  static final int MAX_CELLS = 10_000;

  /** The number of halvings of a quantile's range. */
  public static final int LEVELS = 8;

  /** The most customers that are counted correctly, more than one machine holds. */
  private static final long MAX_CUSTOMERS = 100_000_000L;

  private static final long MAX_SUM = 1L << 62;

  /** The greatest probability that a private key of one customer alone is shown. */
  private static final Rational DELTA = Rational.of(1, 10_000_000);

  /** An upper bound of ln(10⁷) = 16.1180956… */
  private static final Rational LOG_ONE_BY_DELTA = Rational.of(16_119, 1_000);

  /**
   * An upper bound of 1.959964, the number of standard deviations that hold 95 % of a normal
   * distribution.
   */
  private static final Rational WIDTH = Rational.of(49, 25);

  private record Sketch(String name, long sensitivity, int slots, Rational weight) {}

  /**
   * @throws BadQuery if a sum could overflow, or there are too many cells
   */
  public static Plan of(Query query) {
    int cap = query.column().map(Column::perCustomer).orElse(1);
    long grain = query.measure() == Measure.VARIANCE ? grain(query.column().orElseThrow(), cap) : 1;
    List<Sketch> sketches = sketches(query, cap, grain);
    checkSums(sketches);
    Query priced = query.at(price(query, sketches.getFirst()));
    Rational rho = Rational.ZERO;
    List<Part> parts = new ArrayList<>();
    int first = 0;
    for (Sketch sketch : sketches) {
      parts.add(
          new Part(
              sketch.name,
              sketch.sensitivity,
              sketch.slots,
              first,
              noise(priced.precision(), sketch)));
      rho = rho.plus(rho(priced.precision(), sketch.weight));
      first += sketch.slots;
    }
    long cells =
        query.privateKeys()
            ? first
            : (long) first
                * query.groups().stream()
                    .mapToLong(g -> g.keys().get().size())
                    .reduce(1, Math::multiplyExact);
    if (cells > MAX_CELLS) {
      throw new BadQuery("too_many_cells", "An answer must have at most " + MAX_CELLS + " cells");
    }
    Cost cost = charged(rho, query.privateKeys() ? DELTA : Rational.ZERO);
    return new Plan(priced, List.copyOf(parts), cost, threshold(priced, parts, cap), grain);
  }

  private static Cost charged(Rational rho, Rational delta) {
    try {
      return Cost.charged(rho, delta);
    } catch (IllegalArgumentException e) {
      throw new BadQuery(
          "invalid_budget", "The cost exceeds any budget; ask for a less exact answer");
    }
  }

  private static List<Sketch> sketches(Query query, int cap, long grain) {
    Rational half = Rational.of(1, 2);
    Rational third = Rational.of(1, 3);
    int steps = query.every().map(every -> every.steps(query.window())).orElse(1);
    long centred = query.column().map(Plan::reach).orElse(0L);
    return switch (query.measure()) {
      case COUNT -> List.of(new Sketch("count", cap, steps, Rational.ONE));
      case SUM -> {
        Column column = query.column().orElseThrow();
        long bound = Math.max(Math.abs(column.lower()), Math.abs(column.upper()));
        yield List.of(
            new Sketch("sum", Math.multiplyExact(cap, bound), steps, Rational.of(9, 10)),
            new Sketch("count", cap, steps, Rational.of(1, 10)));
      }
      case MEAN ->
          List.of(
              new Sketch("centred", Math.multiplyExact(cap, centred), 1, half),
              new Sketch("count", cap, 1, half));
      case VARIANCE -> {
        long reach = Math.ceilDiv(centred, grain);
        yield List.of(
            new Sketch("centred", cap * reach, 1, third),
            new Sketch("squares", cap * reach * reach, 1, third),
            new Sketch("count", cap, 1, third));
      }
      case HISTOGRAM -> List.of(new Sketch("count", cap, query.bins(), Rational.ONE));
      case QUANTILE -> {
        List<Sketch> levels = new ArrayList<>();
        for (int level = 1; level <= LEVELS; level++) {
          levels.add(new Sketch("level" + level, cap, 1 << level, Rational.of(1, LEVELS)));
        }
        yield List.copyOf(levels);
      }
    };
  }

  /** Returns the greatest distance of a value from the middle. */
  private static long reach(Column column) {
    long middle = middle(column);
    return Math.max(column.upper() - middle, middle - column.lower());
  }

  static long middle(Column column) {
    return Math.floorDiv(column.lower() + column.upper(), 2);
  }

  /** Returns the finest grain for which the squares of all customers fit into a sum. */
  private static long grain(Column column, int cap) {
    long farthest =
        BigInteger.valueOf((MAX_SUM - 1) / (MAX_CUSTOMERS * cap)).sqrt().longValueExact();
    return Math.max(1, Math.ceilDiv(reach(column), farthest));
  }

  /**
   * Returns the distance of a value from the middle in grains, rounded.
   *
   * @param middle of {@link #middle}
   */
  long centred(long middle, long steps) {
    return Math.floorDiv(2 * (steps - middle) + grain, 2 * grain);
  }

  private static void checkSums(List<Sketch> sketches) {
    for (Sketch sketch : sketches) {
      if (Math.multiplyHigh(sketch.sensitivity, MAX_CUSTOMERS) != 0
          || sketch.sensitivity * MAX_CUSTOMERS < 0
          || sketch.sensitivity * MAX_CUSTOMERS >= MAX_SUM) {
        throw new BadQuery(
            "bounds_too_wide",
            "Narrow 'bounds' or 'perCustomer': the sum over all customers could overflow");
      }
    }
  }

  private static Precision price(Query query, Sketch main) {
    if (!(query.precision() instanceof Precision.Error error)) {
      return query.precision();
    }
    if (query.measure() != Measure.COUNT
        && query.measure() != Measure.SUM
        && query.measure() != Measure.HISTOGRAM) {
      throw new BadQuery("invalid_budget", "Only counts, sums and histograms can have an 'error'");
    }
    Rational most = Rational.of(error.most());
    if (query.measure() == Measure.SUM) {
      most =
          most.dividedBy(Rational.of(query.column().orElseThrow().bounds().orElseThrow().step()));
    }
    Rational variance = most.dividedBy(WIDTH).squared();
    Rational rho =
        Rational.of(main.sensitivity)
            .squared()
            .dividedBy(variance.times(Rational.of(2)))
            .dividedBy(main.weight);
    // In whole trillionths, so that a question by its price equals the one by its error.
    return new Precision.Concentrated(charged(rho, Rational.ZERO).exactRho());
  }

  private static Noise noise(Precision precision, Sketch sketch) {
    Rational sensitivity = Rational.of(sketch.sensitivity);
    return switch (precision) {
      case Precision.Pure pure ->
          new DiscreteLaplace(sensitivity.dividedBy(pure.epsilon().times(sketch.weight)));
      case Precision.Concentrated given ->
          new DiscreteGaussian(
              sensitivity
                  .squared()
                  .dividedBy(given.rho().times(sketch.weight).times(Rational.of(2))));
      case Precision.Error error -> throw new IllegalStateException("Not priced: " + error);
    };
  }

  private static Rational rho(Precision precision, Rational weight) {
    return switch (precision) {
      case Precision.Pure pure -> Cost.rhoOfPure(pure.epsilon().times(weight));
      case Precision.Concentrated given -> given.rho().times(weight);
      case Precision.Error error -> throw new IllegalStateException("Not priced: " + error);
    };
  }

  /**
   * One customer alone brings a key at most {@code cap}; noise lifts that to the threshold with
   * probability δ at most, the threshold itself included. Laplace: {@code P(N ≥ t) ≤ exp(-t/b)};
   * Gaussian: {@code P(N ≥ t) ≤ exp(-t²/2σ²)}.
   */
  private static BigInteger threshold(Query query, List<Part> parts, int cap) {
    if (!query.privateKeys()) {
      return BigInteger.ZERO;
    }
    BigInteger lift =
        switch (parts.getLast().noise()) {
          case DiscreteLaplace laplace -> laplace.scale().times(LOG_ONE_BY_DELTA).ceil();
          case DiscreteGaussian gaussian ->
              gaussian
                  .variance()
                  .times(Rational.of(2))
                  .times(LOG_ONE_BY_DELTA)
                  .ceil()
                  .sqrt()
                  .add(BigInteger.ONE);
        };
    return lift.add(BigInteger.valueOf(cap));
  }

  /** Returns the number of sums of a cell. */
  int sums() {
    Part last = parts.getLast();
    return last.first() + last.slots();
  }

  /** Returns the part that counts customers or events: the last, except for a quantile. */
  public Part counting() {
    return parts.getLast();
  }
}
