package io.contextkeep.policy;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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
  private final SortedMap<String, String> masks;

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
    this(id, policy, digest, basis, reasons, stepUp, Collections.emptySortedMap());
  }

  /**
   * @param masks what {@link #masks} gives
   */
  Refusal(
      String id,
      PolicyIdentity policy,
      String digest,
      String basis,
      List<String> reasons,
      List<String> stepUp,
      SortedMap<String, String> masks) {
    this.id = id;
    this.policy = policy;
    this.digest = digest;
    this.basis = basis;
    this.reasons = List.copyOf(reasons);
    this.stepUp = List.copyOf(stepUp);
    this.masks = Collections.unmodifiableSortedMap(new TreeMap<>(masks));
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

  /** The {@code acr} values of a token that would be strong enough, where this one's is not. */
  public List<String> stepUp() {
    return stepUp;
  }

  /** The masks of the attributes that are masked, where a statistic is refused for them. */
  public SortedMap<String, String> masks() {
    return masks;
  }

  @Override
  public String toString() {
    return "Refusal" + reasons;
  }
}
