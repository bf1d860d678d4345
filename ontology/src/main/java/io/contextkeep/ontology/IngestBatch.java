package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A batch that a source wrote: its time, and the number of stored values and events by category. It
 * names no customer.
 *
 * @param seq the number of the batch in the order of receipt
 * @param id the UUID that every value of the batch carries
 * @param source the app that wrote it
 * @param derived the derived values
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

  /** Returns the batch with derived values. */
  public IngestBatch with(List<BatchDerivation> workedOut) {
    return new IngestBatch(seq, id, source, started, ended, kept, workedOut);
  }

  /** Makes a batch without derived values. */
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
