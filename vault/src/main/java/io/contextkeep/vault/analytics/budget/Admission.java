package io.contextkeep.vault.analytics.budget;

/** What the ledger says to a question that would cost something. */
public sealed interface Admission {

  /** It is charged, for good: whoever holds this may draw noise once. */
  record Charged(long charge, Standing before) implements Admission {}

  /** The same question on the same snapshot was answered already. */
  record Answered(long charge, String release) implements Admission {}

  /** The same question on the same snapshot is being answered. */
  record Underway(long charge) implements Admission {}

  /** It would exceed the limit of all analysts, or this analyst's share of it. */
  record Exhausted(boolean share, Standing standing) implements Admission {}

  /** Operators have set no budget for the purpose and the population. */
  record NoBudget() implements Admission {}
}
