package io.contextkeep.ontology;

import java.util.List;

/**
 * The derived values of a batch of one category by one rule.
 *
 * @param inferred whether they are guesses
 * @param inputs the batches of their inputs; customers' own values belong to no batch
 */
public record BatchDerivation(
    DataCategory category, boolean inferred, String rule, int count, List<Input> inputs) {

  /** The values of an earlier batch of one category. */
  public record Input(String batch, DataCategory category) {}

  public BatchDerivation {
    inputs = List.copyOf(inputs);
  }
}
