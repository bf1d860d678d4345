package io.contextkeep.vault.analytics;

import static io.contextkeep.vault.analytics.People.answer;
import static io.contextkeep.vault.analytics.People.buys;
import static io.contextkeep.vault.analytics.People.pure;
import static io.contextkeep.vault.analytics.People.query;
import static io.contextkeep.vault.analytics.People.spends;
import static io.contextkeep.vault.analytics.People.sums;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.analytics.noise.ExactSum;
import io.contextkeep.vault.analytics.noise.SeededBytes;
import io.contextkeep.vault.context.Plaintext;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The guarantees of answers: coverage of intervals, no bias, and outcomes that hardly depend on any
 * one customer. Seeds are fixed; -Dcontextkeep.runs=100000 is the long run.
 */
@Order(1)
final class MechanismTest {
  private static final int RUNS = Integer.getInteger("contextkeep.runs", 20_000);
  private final Draws draws = new Draws(new SeededBytes(1));

  @ParameterizedTest
  @EnumSource(
      value = Measure.class,
      names = {"COUNT", "SUM"})
  void intervals_containTheTruthInNinetyFivePercent(Measure measure) {
    List<List<Plaintext.Item>> customers = List.of(spends("20"), spends("30"));
    double truth = measure == Measure.COUNT ? 2 : 50;
    for (Precision precision : List.of(pure(1, 100), People.concentrated(1, 20_000))) {
      Plan plan = Plan.of(query(measure, People.SPEND, precision));
      int held = 0;
      double sum = 0;
      for (int i = 0; i < RUNS; i++) {
        JsonNode cell = answer(plan, customers, draws).at("/cells/0");
        held += holds(cell, truth) ? 1 : 0;
        sum += cell.get("value").doubleValue();
      }
      assertThat(100.0 * held / RUNS).as("%s", plan.parts()).isCloseTo(95, within(0.5));
      // Noise of that size: five standard errors of the mean of so many.
      double deviation = measure == Measure.COUNT ? 142 : 142 * 100 / 0.9;
      assertThat(sum / RUNS).isCloseTo(truth, within(5 * deviation / Math.sqrt(RUNS)));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Measure.class,
      names = {"MEAN", "VARIANCE", "QUANTILE"})
  void intervalsOfDerivedMeasures_containTheTruthAtLeastAsOften(Measure measure) {
    List<List<Plaintext.Item>> customers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      customers.add(spends(i % 2 == 0 ? "20" : "40"));
    }
    double truth = measure == Measure.VARIANCE ? 100 : 30;
    Plan plan = Plan.of(query(measure, People.SPEND, pure(1, 1)));
    int held = 0;
    int runs = RUNS / 40;
    for (int i = 0; i < runs; i++) {
      JsonNode cell = answer(plan, customers, draws).at("/cells/0");
      // Every number between the two middle ones is a median.
      held += measure == Measure.QUANTILE ? median(cell) ? 1 : 0 : holds(cell, truth) ? 1 : 0;
    }
    assertThat(100.0 * held / runs).isGreaterThan(94);
  }

  private static boolean median(JsonNode cell) {
    return cell.at("/interval/lower").doubleValue() <= 40
        && cell.at("/interval/upper").doubleValue() >= 20;
  }

  private static boolean holds(JsonNode cell, double truth) {
    return cell.at("/interval/lower").doubleValue() <= truth
        && cell.at("/interval/upper").doubleValue() >= truth;
  }

  /** Adds or omits the customer with the greatest effect on each measure. */
  @ParameterizedTest
  @EnumSource(Measure.class)
  void oneCustomer_hardlyChangesAnyOutcome(Measure measure) {
    Plan plan = Plan.of(query(measure, People.BUYS, pure(1, 1)));
    List<List<Plaintext.Item>> without = List.of(buys(3, 4));
    List<List<Plaintext.Item>> with = List.of(buys(3, 4), buys(10, 10, 10, 10, 10));

    // A quantile draws 510 numbers each time.
    int runs = measure == Measure.QUANTILE ? RUNS / 50 : RUNS / 4;
    for (int slot : new int[] {0, plan.parts().getLast().first()}) {
      assertThat(
              Neighbours.refute(
                  1, runs, () -> drawn(plan, without, slot), () -> drawn(plan, with, slot)))
          .as("%s %s", measure, slot)
          .isFalse();
    }
  }

  private long drawn(Plan plan, List<List<Plaintext.Item>> customers, int slot) {
    return sums(plan, customers, draws).get(slot).longValueExact();
  }

  /** Checks a planted fault: a customer counts twice, with noise for one count. */
  @Test
  void aPlantedSensitivityThatIsOffByOne_isNoticed() {
    Plan twice = withCap(2);
    Plan once = withCap(1);
    Plan planted =
        new Plan(twice.query(), once.parts(), once.cost(), once.threshold(), once.grain());

    assertThat(
            Neighbours.refute(
                1,
                RUNS / 4,
                () -> drawn(planted, List.of(), 0),
                () -> drawn(planted, List.of(buys(1, 1)), 0)))
        .isTrue();
  }

  private static Plan withCap(int cap) {
    Query query = query(Measure.COUNT, People.BUYS, pure(1, 1));
    return Plan.of(
        new Query(
            query.purpose(),
            query.population(),
            query.measure(),
            query.column().map(column -> new Column(column.attribute(), column.bounds(), cap)),
            query.quantile(),
            query.bins(),
            query.every(),
            query.window(),
            query.groups(),
            query.filters(),
            query.precision()));
  }

  /** Checks a planted fault: noise that is never below zero reveals absence. */
  @Test
  void aPlantedSamplerThatForgetsTheSign_isNoticed() {
    Plan plan = withCap(1);
    assertThat(
            Neighbours.refute(
                1,
                RUNS / 4,
                () -> Math.abs(drawn(plan, List.of(), 0)),
                () -> 1 + Math.abs(drawn(plan, List.of(buys(1)), 0) - 1)))
        .isTrue();
  }

  @Test
  void aPlantedDoubleRelease_isNoticed_andTheRealOneIsImpossible() {
    Plan plan = withCap(1);
    assertThat(
            Neighbours.refute(
                1,
                RUNS,
                () -> drawn(plan, List.of(), 0) + drawn(plan, List.of(), 0),
                () -> drawn(plan, List.of(buys(1)), 0) + drawn(plan, List.of(buys(1)), 0)))
        .isTrue();
    Tally tally = People.tally(plan, List.of(buys(1)));
    tally.release(draws);
    assertThatThrownBy(() -> tally.release(draws)).isInstanceOf(IllegalStateException.class);
  }

  /**
   * Checks that a key of one customer is shown with probability δ at most, the threshold included.
   */
  @Test
  void aKeyOfOneCustomer_isAlmostNeverShown() {
    for (Precision precision : List.of(pure(1, 1), People.concentrated(1, 2))) {
      Plan plan = Plan.of(People.byCountry(precision, true));
      int shown = 0;
      for (int i = 0; i < RUNS; i++) {
        Tally tally =
            People.tally(
                plan,
                List.of(
                    List.of(
                        People.item(
                            People.COUNTRY,
                            com.fasterxml.jackson.databind.node.TextNode.valueOf("Atlantis"),
                            1))));
        shown += tally.release(draws).cells().size();
      }
      assertThat(shown).isZero();
    }
  }

  @Test
  void countsOfSeveralThreads_equalThoseOfOne() {
    Plan plan = People.bare(Plan.of(query(Measure.SUM, People.SPEND, pure(1, 1))));
    Tally whole = People.tally(plan, List.of(spends("1.5"), spends("2.5")));
    Tally part = People.tally(plan, List.of(spends("1.5")));
    part.take(People.tally(plan, List.of(spends("2.5"))));

    assertThat(part.release(draws)).isEqualTo(whole.release(draws));
  }

  @Test
  void aReleasedSum_isTheSumWithItsNoise() {
    ExactSum sum = new ExactSum();
    sum.add(41);
    assertThat(sum.release(People.bare(withCap(1)).parts().getFirst().noise(), draws))
        .isEqualTo(BigInteger.valueOf(41));
  }
}
