package io.contextkeep.policy;

import java.util.List;

/** The form in which an attribute may be released. */
public sealed interface Release {

  /** Unchanged. */
  record Clear() implements Release {}

  /**
   * Masked.
   *
   * @param edges the edges of the buckets, ascending; none for any other mask
   */
  record Masked(Mask mask, List<Long> edges) implements Release {

    /**
     * Checks the edges.
     *
     * @throws IllegalArgumentException if the mask does not fit the edges, or a bucket holds only
     *     one whole number
     */
    public Masked {
      edges = List.copyOf(edges);
      if (edges.isEmpty() == (mask == Mask.BUCKET)) {
        throw new IllegalArgumentException("Only the mask BUCKET has edges, and it needs them");
      }
      for (int i = 1; i < edges.size(); i++) {
        if (edges.get(i) <= edges.get(i - 1) || edges.get(i) - edges.get(i - 1) == 1) {
          throw new IllegalArgumentException("Edges must ascend, each by more than one");
        }
      }
    }

    public Masked(Mask mask) {
      this(mask, List.of());
    }
  }
}
