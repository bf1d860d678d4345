package io.contextkeep.vault.lineage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The reads of a customer's attribute, by the customer's entries in the log.
 *
 * @param prunedTo the number of the customer's last entry that was pruned from the log, so that
 *     earlier reads are unknown; empty if there is none
 * @param more whether there are older entries than were searched
 */
record Uses(List<Use> uses, Optional<Long> prunedTo, boolean more) {

  /**
   * The reads of one app for one purpose.
   *
   * @param app the reader; {@code customer} for the customer
   * @param entries the indexes of the newest entries, newest first
   */
  public record Use(
      Lineage.Source app,
      String purpose,
      String basis,
      long count,
      Instant first,
      Instant last,
      List<Long> entries) {}
}
