package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * That something was removed before its time: how many values and events of which category. It says
 * nothing of whose they were.
 *
 * @param number its place in the order of removals
 */
public record Invalidation(long number, Instant at, SortedMap<DataCategory, Integer> removed) {
  public Invalidation {
    removed = Collections.unmodifiableSortedMap(new TreeMap<>(removed));
  }
}
