package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One batch that a source wrote: when, and how many values or events of each category were kept. It
 * says nothing of whom they are about.
 *
 * @param seq the batch's place in the order in which the vault took batches in
 * @param id a UUID, the one that every value of the batch carries
 * @param source the app that wrote it
 */
public record IngestBatch(
    long seq,
    String id,
    String source,
    Instant started,
    Instant ended,
    SortedMap<DataCategory, Integer> kept) {
  public IngestBatch {
    kept = Collections.unmodifiableSortedMap(new TreeMap<>(kept));
  }
}
