package io.contextkeep.vault.graph;

/**
 * What the database holds that the graph does not yet, and who is still in the graph's files though
 * erased.
 */
public record Lag(
    long consents, long batches, long releases, long removals, long accesses, long erasures) {

  public boolean isNone() {
    return consents == 0
        && batches == 0
        && releases == 0
        && removals == 0
        && accesses == 0
        && erasures == 0;
  }
}
