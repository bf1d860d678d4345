package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;
import java.util.Collection;
import java.util.List;

/**
 * A chunk of consecutive customers with their sealed values, for a statistic.
 *
 * @param last the row key up to which all customers were read
 * @param more whether there may be customers after it
 */
public record Cohort(List<Snapshot> members, long last, boolean more) {

  /**
   * The part of each customer's context to read.
   *
   * @param from the start of the events, in milliseconds
   * @param until the end of the events, exclusive
   */
  public record Wanted(Collection<Attribute> attributes, long from, long until) {}

  @Override
  public String toString() {
    return "Cohort[redacted]";
  }
}
