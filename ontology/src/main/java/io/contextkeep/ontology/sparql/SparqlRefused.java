package io.contextkeep.ontology.sparql;

/** Thrown for a query that is not allowed. The message never shows its text. */
public final class SparqlRefused extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;

  SparqlRefused(String code, String message) {
    super(message);
    this.code = code;
  }

  /** Returns {@code malformed_query} or {@code query_not_allowed}. */
  public String code() {
    return code;
  }
}
