package io.contextkeep.vault.analytics;

import java.util.Optional;

/**
 * The standing of a budget on the wire, for one analyst.
 *
 * @param share the analyst's share of the limit
 * @param furtherSuchQueries the number of questions of the same cost that still fit
 */
record BudgetStanding(
    Costs limit,
    Costs spent,
    Costs share,
    Costs spentByYou,
    Costs remaining,
    Optional<Long> furtherSuchQueries) {

  /** Returns the answer about a standing. */
  public static BudgetStanding of(Standing standing) {
    return of(standing, Optional.empty());
  }

  /** Returns the same with the number of questions of that cost that still fit. */
  public static BudgetStanding of(Standing standing, Cost question) {
    return of(standing, Optional.of(standing.further(question)));
  }

  private static BudgetStanding of(Standing standing, Optional<Long> further) {
    return new BudgetStanding(
        Costs.of(standing.limit()),
        Costs.of(standing.spent()),
        Costs.of(standing.share()),
        Costs.of(standing.own()),
        Costs.of(standing.remaining()),
        further);
  }
}
