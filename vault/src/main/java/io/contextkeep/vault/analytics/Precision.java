package io.contextkeep.vault.analytics;

import io.contextkeep.vault.analytics.noise.Rational;
import java.math.BigDecimal;

/** The exactness of an answer, or equivalently its cost. */
sealed interface Precision {

  /** Pure ε-differential privacy, by Laplace noise. */
  record Pure(Rational epsilon) implements Precision {}

  /** ρ-concentrated differential privacy, by Gaussian noise. */
  record Concentrated(Rational rho) implements Precision {}

  /** The cheapest Gaussian noise that stays within this much, 95 times in a hundred. */
  record Error(BigDecimal most) implements Precision {}
}
