package io.contextkeep.vault.analytics;

import java.util.Optional;
import java.util.SortedMap;

/**
 * The limit of what all analysts together may ever learn about a population for a purpose, with
 * each analyst's share. Shares are limits and reserve nothing, so their sum may exceed the whole.
 *
 * @param shares the shares by analyst, in trillionths of ρ; an analyst without one may use the
 *     whole
 * @param each the limit of each customer in trillionths of ρ, if there is one
 */
record Budget(
    String purpose,
    String population,
    Cost limit,
    SortedMap<String, Long> shares,
    Optional<Long> each) {

  /** Returns the analyst's limit. */
  public Cost limitOf(String analyst) {
    return new Cost(
        Math.min(limit.rho(), shares.getOrDefault(analyst, limit.rho())), limit.delta());
  }
}
