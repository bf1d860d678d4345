package io.contextkeep.policy;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** Whether the policy was not heard at all, so that the same question may be answered later. */
    public boolean isUnheard() {
      return switch (this) {
        case POLICY_BUSY, POLICY_TIMEOUT, POLICY_UNAVAILABLE -> true;
        case POLICY_ERROR, POLICY_UNDEFINED -> false;
      };
    }

    /** Whether these reasons of a refusal say that the policy was not heard, and nothing else. */
    public static boolean areUnheard(Collection<String> reasons) {
      return !reasons.isEmpty() && UNHEARD.containsAll(reasons);
    }

    private static final Set<String> UNHEARD =
        Arrays.stream(values())
            .filter(Kind::isUnheard)
            .map(Kind::name)
            .collect(Collectors.toUnmodifiableSet());

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
