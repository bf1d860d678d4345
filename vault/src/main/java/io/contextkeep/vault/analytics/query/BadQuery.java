package io.contextkeep.vault.analytics.query;

/** A question that cannot be asked, with what to change; it follows from the question alone. */
public final class BadQuery extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;

  public BadQuery(String code, String message) {
    super(message);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
