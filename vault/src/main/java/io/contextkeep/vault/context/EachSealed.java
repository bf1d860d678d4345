package io.contextkeep.vault.context;

/** A consumer of customers' sealed values. */
@FunctionalInterface
interface EachSealed {
  void take(long subject, Sealed sealed);
}
