package io.contextkeep.vault.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.analytics.noise.SeededBytes;
import io.contextkeep.vault.context.Plaintext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The rounding of values, which is the same in every part of a statistic. */
final class StepsTest {
  private final Draws draws = new Draws(new SeededBytes(5));

  /** The scale of the attribute: -5 to 100 in steps of 0.1. */
  @ParameterizedTest
  @CsvSource({
    "150, 1000", "1e300, 1000", "100.04, 1000", "-7, -50", "-1e300, -50", "49.96, 500",
    "49.94, 499", "0.05, 0", "0.15, 2", "-0.05, 0", "1e-300, 0", "0, 0"
  })
  void aValueOutOfBoundsOrBetweenSteps_countsAsTheNearestStep(BigDecimal value, long steps) {
    JsonNode node = DecimalNode.valueOf(value);
    assertThat(column(Measure.SUM).steps(node)).hasValue(steps);
    assertThat(new Filter.Within(People.SPEND, steps, steps + 1).holds(node)).isTrue();
    assertThat(new Filter.Within(People.SPEND, -50, steps).holds(node)).isFalse();
    assertThat(new Filter.Within(People.SPEND, steps + 1, 1_001).holds(node)).isFalse();
  }

  @Test
  void aFilterOverTheWholeScale_matchesEveryNumber_andNothingElse() {
    Filter whole = new Filter.Within(People.SPEND, -50, 1_001);
    for (String value : List.of("-1e300", "-5", "0", "100", "100.1", "1e300")) {
      assertThat(whole.holds(DecimalNode.valueOf(new BigDecimal(value)))).as(value).isTrue();
    }
    assertThat(whole.holds(NullNode.instance)).isFalse();
    assertThat(whole.holds(TextNode.valueOf("7"))).isFalse();
  }

  /** Checks that the count of values equals the count of their sum. */
  @Test
  void countsAndSums_includeTheSameValues() {
    List<List<Plaintext.Item>> customers =
        List.of(
            People.spends("20"),
            People.spends("1e300"),
            List.of(People.item(People.SPEND, TextNode.valueOf("NaN"), 1)),
            List.of(People.item(People.SPEND, NullNode.instance, 1)),
            List.of());
    Query count = People.query(Measure.COUNT, People.SPEND, People.pure(1, 1));
    Plan plan = People.bare(Plan.of(People.unbounded(count)));

    assertThat(People.sums(plan, customers, draws)).containsExactly(BigInteger.TWO);
  }

  private static Column column(Measure measure) {
    return People.query(measure, People.SPEND, People.pure(1, 1)).column().orElseThrow();
  }

  /** Checks that each event is in the step with the last label that is not after it. */
  @ParameterizedTest
  @EnumSource(Every.class)
  void anEvent_isInTheStepOfItsLabel(Every every) {
    for (int start = 25; start <= 31; start++) {
      Window window = new Window(at("2027-01-" + start), at("2028-06-01"));
      List<LocalDate> labels = new ArrayList<>();
      for (int i = 0; i < every.steps(window); i++) {
        labels.add(every.start(window, i));
      }
      LocalDate day = labels.getFirst();
      while (day.isBefore(LocalDate.parse("2028-06-01"))) {
        LocalDate today = day;
        long begun = labels.stream().filter(label -> !label.isAfter(today)).count();
        for (String time : List.of("T00:00:00Z", "T23:59:59.999Z")) {
          assertThat(every.step(window, Instant.parse(day + time)))
              .as("%s from %s: %s", every, labels.getFirst(), day)
              .isEqualTo((int) begun - 1);
        }
        day = day.plusDays(1);
      }
    }
  }

  private static Instant at(String date) {
    return LocalDate.parse(date).atStartOfDay().toInstant(ZoneOffset.UTC);
  }
}
