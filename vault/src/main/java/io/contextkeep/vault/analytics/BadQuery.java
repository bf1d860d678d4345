package io.contextkeep.vault.analytics;

/** Thrown for a malformed question; depends on the question only. */
final class BadQuery extends RuntimeException {
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
