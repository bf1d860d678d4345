package io.contextkeep.vault.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.analytics.noise.SeededBytes;
import io.contextkeep.vault.context.Plaintext;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.web.Json;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The coverage of intervals, which contain the true value 95 times in a hundred, for every measure,
 * with few customers and with a million, and with data of any distribution. The exact sums of some
 * customers are multiplied, as if each were there many times; the noise and the estimator are the
 * real ones. Seeds are fixed, and a correct estimator fails a bound of five standard errors once in
 * three million times.
 */
final class CoverageTest {
  private static final int SAMPLE = 1_000;
  private static final Attribute AMOUNT = scaled(100_000);

  /** A range so wide that the sum of squares of single steps could overflow. */
  private static final Attribute WIDE = scaled(4_000_000_000L);

  private final Draws draws = new Draws(new SeededBytes(6));

  private static Attribute scaled(long upper) {
    return People.attribute(
        "amount",
        "value",
        "{\"lower\": 0, \"upper\": " + upper + ", \"step\": 1, \"unit\": \"EUR\"}");
  }

  /**
   * Distributions of values between 0 and the maximum: the value of the i-th of a thousand
   * customers.
   */
  private enum Shape {
    UNIFORM {
      @Override
      long value(long i, long most) {
        return i * most / (SAMPLE - 1);
      }
    },
    SKEWED {
      @Override
      long value(long i, long most) {
        return i < SAMPLE - 3 ? i % 7 : most;
      }
    },
    ALL_EQUAL {
      @Override
      long value(long i, long most) {
        return most / 3;
      }
    },
    ALL_AT_THE_LOWER_BOUND {
      @Override
      long value(long i, long most) {
        return -most;
      }
    },
    ALL_AT_THE_UPPER_BOUND {
      @Override
      long value(long i, long most) {
        return 2 * most;
      }
    },
    AT_BOTH_BOUNDS {
      @Override
      long value(long i, long most) {
        return i % 2 == 0 ? -7 : most + 7;
      }
    },
    CLOSE_TOGETHER {
      @Override
      long value(long i, long most) {
        return most / 4 + i % 100;
      }
    };

    abstract long value(long i, long most);
  }

  @ParameterizedTest
  @EnumSource(Measure.class)
  void intervals_containTheTruthInNinetyFivePercent_forAnyNumberOfCustomers(Measure measure) {
    Held all = new Held(0, 0);
    for (Attribute attribute : List.of(AMOUNT, WIDE)) {
      for (Shape shape : Shape.values()) {
        for (int many : new int[] {1, 100, 1_000}) {
          Population population = new Population(attribute, shape, SAMPLE, many);
          all = all.and(population.check(measure, People.concentrated(49, 100)));
        }
      }
    }
    all.check(measure.code());
  }

  @ParameterizedTest
  @EnumSource(Measure.class)
  void intervals_containTheTruthForTwoCustomers_withAnyNoise(Measure measure) {
    for (Shape shape : Shape.values()) {
      Population two = new Population(AMOUNT, shape, 2, 1);
      two.check(measure, People.concentrated(49, 100));
      two.check(measure, People.pure(1, 100));
    }
  }

  /** Checks a reported case: the grain's truncation moved the answer by twice the interval. */
  @Test
  void theVarianceOfFourHundredThousand_isWithinANarrowInterval() {
    Population population = new Population(AMOUNT, Shape.UNIFORM, SAMPLE, 400);
    Plan plan = plan(Measure.VARIANCE, AMOUNT, People.concentrated(49, 100));
    JsonNode cell = population.answer(plan).at("/cells/0");
    assertThat(cell.at("/interval/upper").doubleValue() - cell.at("/interval/lower").doubleValue())
        .isLessThan(150_000);
    assertThat(Json.tree(Answers.method(plan)).at("/bounds/step").intValue()).isEqualTo(1);
  }

  /**
   * Checks that the interval is the whole range with the customers that an estimate demands, and
   * smaller with more.
   */
  @ParameterizedTest
  @EnumSource(
      value = Measure.class,
      names = {"COUNT", "SUM", "MEAN", "VARIANCE", "HISTOGRAM"})
  void withTenTimesTheCustomersNeeded_theIntervalIsAFractionOfTheRange(Measure measure) {
    for (Precision precision : List.of(People.concentrated(1, 100_000), People.pure(1, 500))) {
      Plan plan = plan(measure, AMOUNT, precision);
      int needed = Math.toIntExact(Needed.customers(plan));
      Population population = new Population(AMOUNT, Shape.UNIFORM, 10, needed);
      JsonNode answer = population.answer(plan).at("/cells/0");
      JsonNode interval = measure == Measure.HISTOGRAM ? answer.at("/bins/0") : answer;
      double width =
          interval.at("/interval/upper").doubleValue()
              - interval.at("/interval/lower").doubleValue();
      double customers = 10.0 * needed;
      double range =
          switch (measure) {
            case COUNT, HISTOGRAM -> customers;
            case SUM -> customers * 100_000;
            case MEAN -> 100_000;
            case VARIANCE -> 50_000.0 * 50_000;
            case QUANTILE -> throw new AssertionError("Ranks have no such range");
          };
      assertThat(width / range).as("%s %s", measure, precision).isBetween(0.02, 0.2);
    }
  }

  @Test
  void ifSquaresOfStepsWouldOverflow_theAnswerStatesItsStep() {
    Plan plan = plan(Measure.VARIANCE, WIDE, People.concentrated(49, 100));
    assertThat(Json.tree(Answers.method(plan)).at("/bounds/step").longValue())
        .isEqualTo(plan.grain())
        .isGreaterThan(1);
  }

  @Test
  void aQuantileOfEqualValues_isThatValue() {
    Attribute stars =
        People.attribute(
            "stars", "value", "{\"lower\": 1, \"upper\": 5, \"step\": 1, \"unit\": \"stars\"}");
    for (long value = 1; value <= 5; value++) {
      long all = value;
      Plan plan = plan(Measure.QUANTILE, stars, People.concentrated(49, 100));
      JsonNode cell = answer(plan, exact(plan, stars, _ -> all, 10), 1_000).at("/cells/0");
      assertThat(cell.at("/value").longValue()).isEqualTo(value);
      assertThat(cell.at("/interval/lower").longValue()).isEqualTo(value);
      assertThat(cell.at("/interval/upper").longValue()).isEqualTo(value);
    }
  }

  @Test
  void everyStepOfASeries_isWithinItsInterval() {
    Instant start = Instant.parse("2026-01-30T00:00:00Z");
    Query query =
        People.series(
            Every.DAY, new Window(start, start.plusSeconds(5 * 86_400)), People.concentrated(1, 2));
    Plan plan = Plan.of(query);
    List<Plaintext.Item> bought =
        List.of(
            People.item(People.BUYS, LongNode.valueOf(7), start.toEpochMilli()),
            People.item(
                People.BUYS, LongNode.valueOf(99), start.plusSeconds(86_400).toEpochMilli()));
    List<BigInteger> exact = People.sums(People.bare(plan), List.of(bought), draws);
    long[] truth = {7_000_000, 10_000_000, 0, 0, 0};
    int held = 0;
    for (int run = 0; run < 200; run++) {
      JsonNode series = answer(plan, exact, 1_000_000).at("/cells/0/series");
      assertThat(series).hasSize(truth.length);
      for (int i = 0; i < truth.length; i++) {
        held += holds(series.get(i), truth[i], truth[i]) ? 1 : 0;
      }
    }
    new Held(held, 200 * truth.length).check("series");
  }

  /** Returns the sums of customers with that distribution, each of them multiplied. */
  private final class Population {
    private final Attribute attribute;
    private final long upper;
    private final Shape shape;
    private final int sample;
    private final int times;
    private final long[] sorted;

    Population(Attribute attribute, Shape shape, int sample, int times) {
      this.attribute = attribute;
      this.upper = attribute == WIDE ? 4_000_000_000L : 100_000;
      this.shape = shape;
      this.sample = sample;
      this.times = times;
      this.sorted =
          LongStream.range(0, sample)
              .map(i -> Math.clamp(shape.value(i, upper), 0, upper))
              .sorted()
              .toArray();
    }

    Held check(Measure measure, Precision precision) {
      Plan plan = plan(measure, attribute, precision);
      List<BigInteger> exact = exact(plan, attribute, i -> shape.value(i, upper), sample);
      // A quantile draws 510 numbers each time.
      int runs = measure == Measure.QUANTILE ? 12 : 60;
      int held = 0;
      for (int run = 0; run < runs; run++) {
        held += held(measure, CoverageTest.this.answer(plan, exact, times).at("/cells/0")) ? 1 : 0;
      }
      return new Held(held, runs).check(measure + " " + shape + " " + sample + " x " + times);
    }

    JsonNode answer(Plan plan) {
      List<BigInteger> exact = exact(plan, attribute, i -> shape.value(i, upper), sample);
      return CoverageTest.this.answer(plan, exact, times);
    }

    private boolean held(Measure measure, JsonNode cell) {
      double n = (double) sample * times;
      double sum = Arrays.stream(sorted).asDoubleStream().sum() * times;
      return switch (measure) {
        case COUNT -> holds(cell, n, n);
        case SUM -> holds(cell, sum, sum);
        case MEAN -> holds(cell, sum / n, sum / n);
        case VARIANCE -> holds(cell, variance(), variance());
        // Every number between the two middle ones is a median.
        case QUANTILE -> holds(cell, sorted[(sample - 1) / 2], sorted[sample / 2]);
        case HISTOGRAM -> {
          long first = Arrays.stream(sorted).filter(value -> 5 * value < upper).count() * times;
          yield holds(cell.at("/bins/0"), first, first);
        }
      };
    }

    private double variance() {
      double mean = Arrays.stream(sorted).average().orElseThrow();
      return Arrays.stream(sorted).mapToDouble(v -> (v - mean) * (v - mean)).sum() / sample;
    }
  }

  private static Plan plan(Measure measure, Attribute attribute, Precision precision) {
    Query query = People.query(measure, attribute, precision);
    return Plan.of(measure == Measure.COUNT ? People.unbounded(query) : query);
  }

  private List<BigInteger> exact(
      Plan plan, Attribute attribute, LongUnaryOperator value, int sample) {
    List<List<Plaintext.Item>> customers = new ArrayList<>();
    for (long i = 0; i < sample; i++) {
      customers.add(List.of(People.item(attribute, LongNode.valueOf(value.applyAsLong(i)), 1)));
    }
    return People.sums(People.bare(plan), customers, draws);
  }

  private ObjectNode answer(Plan plan, List<BigInteger> exact, int times) {
    List<BigInteger> noisy = new ArrayList<>();
    for (Part part : plan.parts()) {
      for (int i = part.first(); i < part.first() + part.slots(); i++) {
        noisy.add(exact.get(i).multiply(BigInteger.valueOf(times)).add(part.noise().draw(draws)));
      }
    }
    TreeMap<List<String>, List<BigInteger>> cells = new TreeMap<>((one, other) -> 0);
    cells.put(List.of(), noisy);
    return Json.tree(Answers.results(plan, new Noisy(cells)));
  }

  /** Returns whether any of the numbers is in the interval. */
  private static boolean holds(JsonNode cell, double least, double most) {
    return cell.at("/interval/lower").doubleValue() <= most
        && cell.at("/interval/upper").doubleValue() >= least;
  }

  /** Returns how many intervals contained the true value. */
  private record Held(int held, int runs) {
    Held and(Held other) {
      return new Held(held + other.held, runs + other.runs);
    }

    Held check(String what) {
      double error = Math.sqrt(0.95 * 0.05 * runs);
      assertThat((double) held).as(what).isGreaterThanOrEqualTo(0.95 * runs - 5 * error);
      return this;
    }
  }
}
