package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One batch that a source wrote: when, and how many values or events of each category were kept. It
 * says nothing of whom they are about.
 *
 * @param seq the batch's place in the order in which the vault took batches in
 * @param id a UUID, the one that every value of the batch carries
 * @param source the app that wrote it
 * @param derived what of it was worked out
 */
public record IngestBatch(
    long seq,
    String id,
    String source,
    Instant started,
    Instant ended,
    SortedMap<DataCategory, Integer> kept,
    List<BatchDerivation> derived) {
  public IngestBatch {
    derived = List.copyOf(derived);
    kept = Collections.unmodifiableSortedMap(new TreeMap<>(kept));
  }

  /** The same, of which this was worked out. */
  public IngestBatch with(List<BatchDerivation> workedOut) {
    return new IngestBatch(seq, id, source, started, ended, kept, workedOut);
  }

  /** One of which nothing was worked out. */
  public IngestBatch(
      long seq,
      String id,
      String source,
      Instant started,
      Instant ended,
      SortedMap<DataCategory, Integer> kept) {
    this(seq, id, source, started, ended, kept, List.of());
  }
}
