package io.contextkeep.ontology.sparql;

/** The reasons for stopping a query. */
public enum Stop {
  /** The query took too long. */
  TIME,
  /** The query allocated too much. */
  MEMORY,
  /** The graph is needed for exclusive work. */
  RECALLED
}
