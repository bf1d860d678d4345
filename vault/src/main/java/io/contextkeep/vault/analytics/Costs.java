package io.contextkeep.vault.analytics;

import java.math.BigDecimal;

/**
 * A privacy cost on the wire.
 *
 * @param epsilonAtDelta the δ at which the ε is computed
 */
record Costs(BigDecimal rho, BigDecimal delta, BigDecimal epsilon, BigDecimal epsilonAtDelta) {

  /** Returns the answer about a cost. */
  public static Costs of(Cost cost) {
    return new Costs(
        units(cost.rho()),
        units(cost.delta()),
        Answers.plain(Epsilon.of(cost)),
        Answers.plain(BigDecimal.valueOf(Epsilon.DELTA)));
  }

  /** Returns an amount as a number. */
  public static BigDecimal units(long trillionths) {
    return Answers.plain(BigDecimal.valueOf(trillionths, 12));
  }
}
