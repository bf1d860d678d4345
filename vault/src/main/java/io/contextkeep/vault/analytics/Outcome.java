package io.contextkeep.vault.analytics;

import io.contextkeep.policy.Refusal;
import java.time.Duration;
import java.util.List;

/** The outcome of asking a question, before any data is read. */
sealed interface Outcome {

  /** The question is being answered, by this or an equal earlier request. */
  record Started(Job job, boolean again) implements Outcome {}

  /** The question was answered before and costs nothing now. */
  record Known(String release) implements Outcome {}

  /**
   * The policy refuses the question.
   *
   * @param stepUp the {@code acr} values of sufficient tokens, if the analyst's is too weak
   * @param masked the masked attributes, by which no customer could be counted
   */
  record Refused(List<String> reasons, List<String> stepUp, List<Masked> masked)
      implements Outcome {}

  /** An attribute that the policy masks for the purpose. */
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

  /** Too many questions of this analyst or of all analysts are open; nothing was charged. */
  record TooMany(Duration retryAfter) implements Outcome {}

  /** The remaining budget does not suffice. */
  record Exhausted(boolean share, Cost asked, Standing standing) implements Outcome {}

  /** Operators have set no budget. */
  record NoBudget() implements Outcome {}
}
