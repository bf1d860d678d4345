package io.contextkeep.ontology;

/**
 * What of a batch was worked out: so many values of one category by one rule, from what an earlier
 * batch brought of another.
 *
 * @param inferred whether they are guesses
 * @param input the id of the batch that brought what they were made from
 */
public record BatchDerivation(
    DataCategory category,
    boolean inferred,
    String rule,
    String input,
    DataCategory inputCategory,
    int count) {}
