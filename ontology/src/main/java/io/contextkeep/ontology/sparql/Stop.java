package io.contextkeep.ontology.sparql;

/** Why a query ended before its end. */
public enum Stop {
  /** It took too long. */
  TIME,
  /** It allocated too much. */
  MEMORY,
  /** The graph is wanted for something that cannot go on beside it. */
  RECALLED
}
