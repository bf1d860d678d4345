package io.contextkeep.vault.identity;

/** No token, or none that counts. The code says why, for the caller to mend. */
public final class NotAuthenticated extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;

  public NotAuthenticated(String code) {
    super(code);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
