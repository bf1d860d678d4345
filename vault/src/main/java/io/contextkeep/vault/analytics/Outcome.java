package io.contextkeep.vault.analytics;

import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.analytics.budget.Cost;
import io.contextkeep.vault.analytics.budget.Standing;
import io.contextkeep.vault.analytics.query.Query;
import java.time.Duration;
import java.util.List;

/** What becomes of a question, before any data is looked at. */
sealed interface Outcome {

  /** It is being answered, by this or an earlier question that is the same. */
  record Started(Job job, boolean again) implements Outcome {}

  /** It was answered before, for nothing now. */
  record Known(String release) implements Outcome {}

  /**
   * The policy says no.
   *
   * @param stepUp the {@code acr} values of tokens that would do, where the analyst's is too weak
   * @param masked the attributes that no customer could be counted by, because they are masked
   */
  record Refused(List<String> reasons, List<String> stepUp, List<Masked> masked)
      implements Outcome {}

  /** An attribute that the policy shows only behind a mask for the purpose. */
  record Masked(String attribute, String category, String mask) {
    static List<Masked> of(Query query, Refusal refusal) {
      return query.attributes().values().stream()
          .filter(attribute -> refusal.masks().containsKey(attribute.name()))
          .map(
              attribute ->
                  new Masked(
                      attribute.name(),
                      attribute.category().curie(),
                      refusal.masks().getOrDefault(attribute.name(), "")))
          .toList();
    }
  }

  /** Too many questions of this analyst, or of all, have no answer yet; nothing was charged. */
  record TooMany(Duration retryAfter) implements Outcome {}

  /** There is not enough left. */
  record Exhausted(boolean share, Cost asked, Standing standing) implements Outcome {}

  /** Operators have set no budget for it. */
  record NoBudget() implements Outcome {}
}
