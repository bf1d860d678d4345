package io.contextkeep.policy;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** A failure to get a decision from the policy. Its kind becomes the reason of a refusal. */
public final class PolicyFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** The kinds of failures; each leads to a refusal. */
  public enum Kind {
    POLICY_BUSY("No evaluator became free in time."),
    POLICY_ERROR("The evaluation failed, or its result is malformed."),
    POLICY_TIMEOUT("The evaluation exceeded its time limit."),
    POLICY_UNAVAILABLE("No policy is available: none is loaded, or its server does not answer."),
    POLICY_UNDEFINED("The policy has no decision for the question.");

    private final String meaning;

    Kind(String meaning) {
      this.meaning = meaning;
    }

    /** Returns whether the policy was not evaluated, so that a repetition may succeed. */
    public boolean isUnavailable() {
      return switch (this) {
        case POLICY_BUSY, POLICY_TIMEOUT, POLICY_UNAVAILABLE -> true;
        case POLICY_ERROR, POLICY_UNDEFINED -> false;
      };
    }

    /** Returns whether all of a refusal's reasons are such failures. */
    public static boolean areUnavailable(Collection<String> reasons) {
      return !reasons.isEmpty() && UNAVAILABLE_KINDS.containsAll(reasons);
    }

    private static final Set<String> UNAVAILABLE_KINDS =
        Arrays.stream(values())
            .filter(Kind::isUnavailable)
            .map(Kind::name)
            .collect(Collectors.toUnmodifiableSet());

    /** Returns one sentence for people. */
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
