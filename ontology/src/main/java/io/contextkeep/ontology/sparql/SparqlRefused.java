package io.contextkeep.ontology.sparql;

/** A query that is not run. The message says what in it is not allowed, never its text. */
public final class SparqlRefused extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;

  SparqlRefused(String code, String message) {
    super(message);
    this.code = code;
  }

  /** {@code malformed_query} or {@code query_not_allowed}. */
  public String code() {
    return code;
  }
}
