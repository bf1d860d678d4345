package io.contextkeep.policy;

/** The policy gave no decision. Its code becomes the reason of a refusal. */
public final class PolicyFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;

  public PolicyFailure(String code, String message) {
    super(message);
    this.code = code;
  }

  public PolicyFailure(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
