package io.contextkeep.vault.analytics;

import static io.contextkeep.vault.analytics.People.bare;
import static io.contextkeep.vault.analytics.People.buys;
import static io.contextkeep.vault.analytics.People.concentrated;
import static io.contextkeep.vault.analytics.People.pure;
import static io.contextkeep.vault.analytics.People.query;
import static io.contextkeep.vault.analytics.People.spends;
import static io.contextkeep.vault.analytics.People.sums;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.vault.analytics.noise.DiscreteGaussian;
import io.contextkeep.vault.analytics.noise.DiscreteLaplace;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.analytics.noise.Rational;
import io.contextkeep.vault.analytics.noise.SeededBytes;
import io.contextkeep.vault.context.Plaintext;
import io.contextkeep.vault.registry.Analysable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reported bugs of similar systems, which must not occur here. */
final class OtherSystemsBugsTest {
  private final Draws draws = new Draws(new SeededBytes(2));

  /** OpenDP 2911: a selection spent four times the ρ that it claimed. */
  @ParameterizedTest
  @EnumSource(Measure.class)
  void theCostClaimed_isThatOfAllNoiseDrawn(Measure measure) {
    for (Precision precision : List.of(concentrated(1, 7), pure(2, 7))) {
      Plan plan = Plan.of(query(measure, People.BUYS, precision));
      Rational spent = Rational.ZERO;
      for (Part part : plan.parts()) {
        spent = spent.plus(rho(part));
      }
      assertThat(plan.cost()).isEqualTo(Cost.charged(spent, Rational.ZERO));
    }
  }

  private static Rational rho(Part part) {
    Rational sensitivity = Rational.of(part.sensitivity());
    return switch (part.noise()) {
      case DiscreteLaplace laplace -> Cost.rhoOfPure(sensitivity.dividedBy(laplace.scale()));
      case DiscreteGaussian gaussian ->
          sensitivity.squared().dividedBy(gaussian.variance().times(Rational.of(2)));
    };
  }

  /** OpenDP 2922: the δ of a threshold was wrong by one where a count equals it. */
  @Test
  void theThresholdItself_isCountedInItsDelta() {
    Plan laplace = Plan.of(People.byCountry(pure(1, 1), true));
    // One customer brings 1; the noise must bring the rest: P(N ≥ t) = p^t / (1 + p).
    double t = laplace.threshold().doubleValue() - 1;
    double p = Math.exp(-1);
    assertThat(Math.pow(p, t) / (1 + p)).isLessThanOrEqualTo(1e-7);
    Plan gaussian = Plan.of(People.byCountry(concentrated(1, 2), true));
    double tail = 0;
    double all = 0;
    for (int x = -60; x <= 60; x++) {
      double density = Math.exp(-x * x / 2.0);
      all += density;
      tail += x >= gaussian.threshold().intValueExact() - 1 ? density : 0;
    }
    assertThat(tail / all).isLessThanOrEqualTo(1e-7);
    assertThat(laplace.cost().delta()).isEqualTo(100_000);
  }

  /** OpenDP 2935: invalid numbers became 0 silently. */
  @Test
  void invalidNumbers_doNotCount() {
    Plan plan = bare(Plan.of(query(Measure.SUM, People.SPEND, pure(1, 1))));
    List<List<Plaintext.Item>> customers =
        List.of(
            spends("20"),
            List.of(People.item(People.SPEND, TextNode.valueOf("NaN"), 1)),
            List.of(People.item(People.SPEND, NullNode.instance, 1)),
            List.of());

    assertThat(sums(plan, customers, draws))
        .containsExactly(BigInteger.valueOf(200), BigInteger.ONE);
  }

  /** OpenDP 2945: the sensitivity was half of the real one. */
  @ParameterizedTest
  @EnumSource(Measure.class)
  void noCustomer_changesMoreThanThePlanSays(Measure measure) {
    Random random = new Random(3);
    Plan plan = Plan.of(query(measure, People.BUYS, pure(1, 1)));
    for (int trial = 0; trial < 300; trial++) {
      long[] amounts = random.longs(random.nextInt(8), -20, 40).toArray();
      List<BigInteger> without = sums(bare(plan), List.of(buys(5)), draws);
      List<BigInteger> with = sums(bare(plan), List.of(buys(5), buys(amounts)), draws);
      for (Part part : plan.parts()) {
        BigInteger moved = BigInteger.ZERO;
        for (int i = part.first(); i < part.first() + part.slots(); i++) {
          moved = moved.add(with.get(i).subtract(without.get(i)).abs());
        }
        assertThat(moved).isLessThanOrEqualTo(BigInteger.valueOf(part.sensitivity()));
      }
    }
  }

  /** SmartNoise 128: bounds without room between them gave answers without noise. */
  @Test
  void emptyBounds_areRefused() {
    assertThatThrownBy(
            () -> new Analysable.Scale(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ONE, "EUR"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** SmartNoise 317: without bounds there was no noise at all. */
  @ParameterizedTest
  @EnumSource(Measure.class)
  void everyPart_hasNoiseOfAtLeastOneCustomersSize(Measure measure) {
    for (Part part : Plan.of(query(measure, People.BUYS, pure(1, 1))).parts()) {
      assertThat(part.sensitivity()).isPositive();
      assertThat(((DiscreteLaplace) part.noise()).scale())
          .isGreaterThanOrEqualTo(Rational.of(part.sensitivity()));
    }
    assertThatThrownBy(() -> Plan.of(query(Measure.SUM, People.COUNTRY, pure(1, 1))))
        .isInstanceOf(RuntimeException.class);
  }

  /** SmartNoise 385: a mean spent twice the ε asked for, a variance three times. */
  @ParameterizedTest
  @EnumSource(Measure.class)
  void allPartsTogether_spendTheRequestedEpsilon(Measure measure) {
    Rational spent = Rational.ZERO;
    for (Part part : Plan.of(query(measure, People.SPEND, pure(3, 10))).parts()) {
      spent =
          spent.plus(
              Rational.of(part.sensitivity()).dividedBy(((DiscreteLaplace) part.noise()).scale()));
    }
    assertThat(spent).isEqualTo(Rational.of(3, 10));
  }

  /** SmartNoise 547: a deviation of few was not a number. */
  @Test
  void withoutCustomers_everyMeasureIsANumberWithinItsBounds() {
    for (Measure measure : Measure.values()) {
      for (int i = 0; i < 200; i++) {
        JsonNode cell =
            People.answer(Plan.of(query(measure, People.SPEND, pure(1, 1))), List.of(), draws)
                .at("/cells/0");
        double value = cell.path("value").doubleValue();
        assertThat(value).isFinite();
        if (measure == Measure.MEAN || measure == Measure.QUANTILE) {
          assertThat(value).isBetween(-5.0, 100.0);
        } else if (measure == Measure.VARIANCE) {
          assertThat(value).isNotNegative();
        }
      }
    }
  }

  /** SmartNoise 621: the account of many questions was less than their sum. */
  @Test
  void theAccountOfManyQuestions_isTheirSum() {
    Cost one = Cost.charged(Rational.of(1, 3), Rational.ZERO);
    Cost all = Cost.NOTHING;
    for (int i = 0; i < 1_000; i++) {
      all = all.plus(one);
    }
    assertThat(all.exactRho()).isGreaterThanOrEqualTo(Rational.of(1_000, 3));
    assertThat(all.rho()).isEqualTo(1_000 * one.rho());
  }

  /** Presto 23002: noise of a generator whose seed two outputs give away. */
  @Test
  void noise_usesOnlyTheGivenGenerator() {
    Plan plan = Plan.of(query(Measure.SUM, People.SPEND, concentrated(1, 9)));
    List<List<Plaintext.Item>> customers = List.of(spends("7"));

    assertThat(sums(plan, customers, new Draws(new SeededBytes(9))))
        .isEqualTo(sums(plan, customers, new Draws(new SeededBytes(9))))
        .isNotEqualTo(sums(plan, customers, new Draws(new SeededBytes(10))));
  }

  /** Google 126: sums of fractions depended on their order, by more than one customer may. */
  @Test
  void theOrderOfCustomers_changesNothing() {
    Plan plan = bare(Plan.of(query(Measure.SUM, People.SPEND, pure(1, 1))));
    List<List<Plaintext.Item>> customers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      customers.add(spends("0." + (i % 10)));
      customers.add(spends(i % 2 == 0 ? "1e300" : "-1e300"));
    }
    List<BigInteger> first = sums(plan, customers, draws);
    Collections.shuffle(customers, new Random(4));

    assertThat(sums(plan, customers, draws)).isEqualTo(first);
  }
}
