package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The early removal of values and events of a category, with their number. It names no customer.
 *
 * @param number the number of the removal
 */
public record Invalidation(long number, Instant at, SortedMap<DataCategory, Integer> removed) {
  public Invalidation {
    removed = Collections.unmodifiableSortedMap(new TreeMap<>(removed));
  }
}
