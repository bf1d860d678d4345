package io.contextkeep.vault.analytics;

/**
 * A question to be charged.
 *
 * @param question the key by which its answer is remembered in the epoch
 * @param epoch the snapshot that it uses
 * @param at milliseconds since 1970
 */
record Charge(
    String purpose,
    String population,
    String analyst,
    byte[] question,
    long epoch,
    Cost cost,
    long at) {

  @Override
  public String toString() {
    return "Charge[" + purpose + ", " + population + ", " + analyst + ", " + cost + "]";
  }
}
