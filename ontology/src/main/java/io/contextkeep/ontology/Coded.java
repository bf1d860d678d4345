package io.contextkeep.ontology;

/**
 * A constant with a code of its own in requests, answers and the log. An enum without one is
 * written as its name in lower case.
 */
public interface Coded {
  /** Returns the code. */
  String code();
}
