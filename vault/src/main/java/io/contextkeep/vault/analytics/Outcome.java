package io.contextkeep.vault.analytics;

import io.contextkeep.vault.analytics.budget.Cost;
import io.contextkeep.vault.analytics.budget.Standing;
import java.util.List;

/** What becomes of a question, before any data is looked at. */
public sealed interface Outcome {

  /** It is being answered, by this or an earlier question that is the same. */
  record Started(Job job, boolean again) implements Outcome {}

  /** It was answered before, for nothing now. */
  record Known(String release) implements Outcome {}

  /**
   * The policy says no.
   *
   * @param stepUp the {@code acr} values of tokens that would do, where the analyst's is too weak
   */
  record Refused(List<String> reasons, List<String> stepUp) implements Outcome {}

  /** There is not enough left. */
  record Exhausted(boolean share, Cost asked, Standing standing) implements Outcome {}

  /** Operators have set no budget for it. */
  record NoBudget() implements Outcome {}
}
