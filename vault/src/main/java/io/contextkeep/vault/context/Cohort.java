package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;
import java.util.Collection;
import java.util.List;

/**
 * Some customers next to each other, with what a statistic may be made of, still sealed.
 *
 * @param last the number up to which all were read
 * @param more whether there may be others after it
 */
public record Cohort(List<Snapshot> members, long last, boolean more) {

  /**
   * What is read of each.
   *
   * @param from of events, in milliseconds
   * @param until of events, not included
   */
  public record Wanted(Collection<Attribute> attributes, long from, long until) {}

  @Override
  public String toString() {
    return "Cohort[redacted]";
  }
}
