package io.contextkeep.vault.lineage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who has read an attribute of a customer, by her own entries in the log.
 *
 * @param prunedTo the number of her last entry that the log holds no more: what was read before is
 *     not known here; empty where all are there
 * @param more whether there are older entries than were looked at
 */
record Uses(List<Use> uses, Optional<Long> prunedTo, boolean more) {

  /**
   * @param app who read; {@code customer} for herself
   * @param entries the newest entries' places in the log, the newest first
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
