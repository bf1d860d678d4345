package io.contextkeep.vault.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.vault.analytics.noise.Rational;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class CostTest {

  @Test
  void chargesAreRoundedUp_andLimitsDown() {
    Rational third = Rational.of(1, 3);

    assertThat(Cost.charged(third, third)).isEqualTo(new Cost(333_333_333_334L, 333_333_333_334L));
    assertThat(Cost.allowed(third, third)).isEqualTo(new Cost(333_333_333_333L, 333_333_333_333L));
  }

  /**
   * Checks that even the smallest question has a cost; otherwise it could be repeated without end.
   */
  @Test
  void everyQuestionCostsSomething() {
    assertThat(Cost.charged(Rational.of(1, Long.MAX_VALUE), Rational.ZERO))
        .isEqualTo(new Cost(1, 0));
  }

  @Test
  void pureEpsilon_costsHalfItsSquare() {
    assertThat(Cost.rhoOfPure(Rational.of(1, 10))).isEqualTo(Rational.of(1, 200));
  }

  @Test
  void costsBeyondALedgersRange_areRefused() {
    assertThatThrownBy(() -> Cost.charged(Rational.of(10_000_000), Rational.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Cost(-1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bothPartsMustFit() {
    Cost limit = new Cost(10, 10);
    assertThat(new Cost(10, 10).fitsIn(limit)).isTrue();
    assertThat(new Cost(11, 0).fitsIn(limit)).isFalse();
    assertThat(new Cost(0, 11).fitsIn(limit)).isFalse();
  }

  @Test
  void theRemainder_isTheSmallerOfTheWholeAndTheShare() {
    Budget budget =
        new Budget(
            "dpv:Marketing",
            "shop",
            new Cost(100, 50),
            new TreeMap<>(java.util.Map.of("ann", 30L)),
            Optional.empty());
    Standing standing =
        new Standing(budget.limit(), new Cost(60, 0), budget.limitOf("ann"), new Cost(10, 0));

    assertThat(standing.remaining()).isEqualTo(new Cost(20, 50));
    assertThat(standing.further(new Cost(6, 0))).isEqualTo(3);
    assertThat(standing.further(new Cost(6, 25))).isEqualTo(2);
    assertThat(budget.limitOf("bob")).isEqualTo(new Cost(100, 50));
  }
}
