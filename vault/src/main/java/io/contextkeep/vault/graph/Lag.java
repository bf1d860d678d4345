package io.contextkeep.vault.graph;

/**
 * The numbers of rows that the graph lacks, and of erased customers that are still in its files.
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
