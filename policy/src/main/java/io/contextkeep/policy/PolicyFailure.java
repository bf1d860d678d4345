package io.contextkeep.policy;

/** The policy gave no decision. What kind of failure it was becomes the reason of a refusal. */
public final class PolicyFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** What can go wrong between a question and its decision: each is a refusal. */
  public enum Kind {
    POLICY_BUSY("No evaluation became free in time."),
    POLICY_ERROR("The evaluation failed, or gave what the vault does not understand."),
    POLICY_TIMEOUT("The evaluation took longer than it may."),
    POLICY_UNAVAILABLE("There is no policy to ask: none is loaded, or its server does not answer."),
    POLICY_UNDEFINED("The policy has no decision for the question.");

    private final String meaning;

    Kind(String meaning) {
      this.meaning = meaning;
    }

    /** For people, one sentence. */
    public String meaning() {
      return meaning;
    }
  }

  private final Kind kind;

  public PolicyFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public PolicyFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
