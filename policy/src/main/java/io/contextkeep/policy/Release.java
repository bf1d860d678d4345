package io.contextkeep.policy;

/** How one attribute may leave. */
public sealed interface Release {

  /** As it is. */
  record Clear() implements Release {}

  /** Made coarser. */
  record Masked(Mask mask) implements Release {}
}
