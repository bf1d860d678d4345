package io.contextkeep.vault.analytics;

/** The ledger's decision about a question with a cost. */
sealed interface Admission {

  /** The question is charged permanently; the holder may draw noise once. */
  record Charged(long charge, Standing before) implements Admission {}

  /** An equal question on the same snapshot was answered already. */
  record Answered(long charge, String release) implements Admission {}

  /** An equal question on the same snapshot is being answered. */
  record Underway(long charge) implements Admission {}

  /** The cost would exceed the limit or this analyst's share of it. */
  record Exhausted(boolean share, Standing standing) implements Admission {}

  /** Operators have set no budget for the purpose and the population. */
  record NoBudget() implements Admission {}
}
