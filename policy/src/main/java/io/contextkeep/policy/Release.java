package io.contextkeep.policy;

import java.util.List;

/** How one attribute may leave. */
public sealed interface Release {

  /** As it is. */
  record Clear() implements Release {}

  /**
   * Made coarser.
   *
   * @param edges of the buckets, ascending; none for any other mask
   */
  record Masked(Mask mask, List<Long> edges) implements Release {

    /**
     * @throws IllegalArgumentException if the mask does not go with the edges, or a bucket is so
     *     narrow that it would tell a whole number
     */
    public Masked {
      edges = List.copyOf(edges);
      if (edges.isEmpty() == (mask == Mask.BUCKET)) {
        throw new IllegalArgumentException("Buckets have edges, and nothing else has");
      }
      for (int i = 1; i < edges.size(); i++) {
        if (edges.get(i) <= edges.get(i - 1) || edges.get(i) - edges.get(i - 1) == 1) {
          throw new IllegalArgumentException("Buckets ascend and are wider than one");
        }
      }
    }

    public Masked(Mask mask) {
      this(mask, List.of());
    }
  }
}
