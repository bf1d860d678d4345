package io.contextkeep.vault.analytics.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RationalTest {

  @Test
  void fractionsAreInLowestTerms_withTheSignInTheNumerator() {
    assertThat(Rational.of(6, -4)).isEqualTo(Rational.of(-3, 2)).hasToString("-3/2");
    assertThat(Rational.of(0, 5)).isEqualTo(Rational.ZERO).hasToString("0");
    assertThat(Rational.of(new BigDecimal("1.20"))).isEqualTo(Rational.of(6, 5));
    assertThat(Rational.of(new BigDecimal("12E2"))).isEqualTo(Rational.of(1_200));
  }

  @Test
  void fractionsAreInLowestTerms_beyondTheRangeOfALong() {
    BigInteger least = BigInteger.valueOf(Long.MIN_VALUE);
    for (BigInteger numerator :
        List.of(least, least.subtract(BigInteger.ONE), least.negate(), least.multiply(least))) {
      for (long more : new long[] {1, 2, 6, 1L << 62}) {
        BigInteger by = BigInteger.valueOf(more);
        Rational fraction =
            new Rational(numerator.multiply(by), by.multiply(BigInteger.valueOf(-3)));
        assertThat(fraction.numerator().gcd(fraction.denominator())).isEqualTo(BigInteger.ONE);
        assertThat(fraction).isEqualTo(new Rational(numerator.negate(), BigInteger.valueOf(3)));
      }
    }
    assertThat(new Rational(least, least)).isEqualTo(Rational.ONE);
  }

  @Test
  void roundingHasTheRightDirection_alsoBelowZero() {
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
