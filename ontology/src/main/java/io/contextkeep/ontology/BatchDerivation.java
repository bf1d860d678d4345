package io.contextkeep.ontology;

import java.util.List;

/**
 * What of a batch was worked out: so many values of one category by one rule.
 *
 * @param inferred whether they are guesses
 * @param inputs what they were made from; none of what customers said themselves, which came in no
 *     batch
 */
public record BatchDerivation(
    DataCategory category, boolean inferred, String rule, int count, List<Input> inputs) {

  /** What an earlier batch brought of one category. */
  public record Input(String batch, DataCategory category) {}

  public BatchDerivation {
    inputs = List.copyOf(inputs);
  }
}
