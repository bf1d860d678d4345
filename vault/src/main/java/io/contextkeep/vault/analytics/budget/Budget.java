package io.contextkeep.vault.analytics.budget;

import java.util.Optional;
import java.util.SortedMap;

/**
 * What all analysts together may ever learn of a population for a purpose, and what share of it
 * each may use. Shares limit; they reserve nothing, and their sum may be more than the whole.
 *
 * @param shares trillionths of ρ by analyst; one who has none may use the whole
 * @param each trillionths of ρ that any one customer may be charged, if that is limited too
 */
public record Budget(
    String purpose,
    String population,
    Cost limit,
    SortedMap<String, Long> shares,
    Optional<Long> each) {

  /** What the analyst may spend in all. */
  public Cost limitOf(String analyst) {
    return new Cost(
        Math.min(limit.rho(), shares.getOrDefault(analyst, limit.rho())), limit.delta());
  }
}
