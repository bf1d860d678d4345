package io.contextkeep.policy;

import java.util.List;

/**
 * A no, with its coded reasons. The reasons may tell that somebody exists: they are for the log and
 * for the customer, and an app hears only those that depend on the app alone.
 */
public final class Refusal implements Decision, AggregateDecision {
  /** Of a caller who was not authenticated as surely as the purpose demands. */
  public static final String STEP_UP = "STEP_UP_REQUIRED";

  private final String id;
  private final PolicyIdentity policy;
  private final String digest;
  private final String basis;
  private final List<String> reasons;
  private final List<String> stepUp;

  /**
   * @param stepUp what {@link #stepUp} gives
   */
  Refusal(
      String id,
      PolicyIdentity policy,
      String digest,
      String basis,
      List<String> reasons,
      List<String> stepUp) {
    this.id = id;
    this.policy = policy;
    this.digest = digest;
    this.basis = basis;
    this.reasons = List.copyOf(reasons);
    this.stepUp = List.copyOf(stepUp);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public PolicyIdentity policy() {
    return policy;
  }

  @Override
  public String digest() {
    return digest;
  }

  @Override
  public String basis() {
    return basis;
  }

  public List<String> reasons() {
    return reasons;
  }

  /** Whether nothing was decided, because the policy could not be asked. */
  public boolean isUndecided() {
    return PolicyFailure.Kind.areUnheard(reasons);
  }

  /** The {@code acr} values of a token that would be strong enough, where this one's is not. */
  public List<String> stepUp() {
    return stepUp;
  }

  @Override
  public String toString() {
    return "Refusal" + reasons;
  }
}
