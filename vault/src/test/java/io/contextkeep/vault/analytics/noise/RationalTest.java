package io.contextkeep.vault.analytics.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class RationalTest {

  @Test
  void fractionsAreInLowestTerms_withTheirSignOnTop() {
    assertThat(Rational.of(6, -4)).isEqualTo(Rational.of(-3, 2)).hasToString("-3/2");
    assertThat(Rational.of(0, 5)).isEqualTo(Rational.ZERO).hasToString("0");
    assertThat(Rational.of(new BigDecimal("1.20"))).isEqualTo(Rational.of(6, 5));
    assertThat(Rational.of(new BigDecimal("12E2"))).isEqualTo(Rational.of(1_200));
  }

  @Test
  void roundingGoesWhereItSays_alsoBelowZero() {
    assertThat(Rational.of(7, 2).floor()).isEqualTo(BigInteger.valueOf(3));
    assertThat(Rational.of(7, 2).ceil()).isEqualTo(BigInteger.valueOf(4));
    assertThat(Rational.of(-7, 2).floor()).isEqualTo(BigInteger.valueOf(-4));
    assertThat(Rational.of(-7, 2).ceil()).isEqualTo(BigInteger.valueOf(-3));
    assertThat(Rational.of(-4, 2).floor()).isEqualTo(BigInteger.valueOf(-2));
  }

  @Test
  void arithmeticIsExact() {
    Rational third = Rational.of(1, 3);
    assertThat(third.plus(third).plus(third)).isEqualTo(Rational.ONE);
    assertThat(third.minus(third)).isEqualTo(Rational.ZERO);
    assertThat(third.dividedBy(Rational.of(2, 3))).isEqualTo(Rational.of(1, 2));
    assertThat(third).isLessThan(Rational.of(1_000_001, 3_000_000));
    assertThatThrownBy(() -> third.dividedBy(Rational.ZERO))
        .isInstanceOf(ArithmeticException.class);
  }
}
