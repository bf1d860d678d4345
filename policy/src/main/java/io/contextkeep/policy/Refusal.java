package io.contextkeep.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A refusal with its coded reasons. Reasons may reveal that a customer exists, so they go to the
 * log and to the customer; an app receives only those that depend on the app alone.
 */
public final class Refusal implements Decision, AggregateDecision {
  /** The reason if the caller's authentication is weaker than the purpose requires. */
  public static final String STEP_UP = "STEP_UP_REQUIRED";

  /**
   * The reasons that depend on the caller and on the request alone. All others are about the
   * customer, and only the customer and the log receive them.
   */
  public static final Set<String> ABOUT_THE_CALLER =
      Set.of(
          "ROLE_NOT_ALLOWED",
          "PURPOSE_UNKNOWN",
          "PURPOSE_NOT_REGISTERED",
          STEP_UP,
          "TOO_MANY_CUSTOMERS",
          Enforced.READ_CAP.name(),
          PolicyFailure.Kind.POLICY_ERROR.name(),
          PolicyFailure.Kind.POLICY_TIMEOUT.name(),
          PolicyFailure.Kind.POLICY_BUSY.name(),
          PolicyFailure.Kind.POLICY_UNAVAILABLE.name(),
          PolicyFailure.Kind.POLICY_UNDEFINED.name());

  /** The reason that apps receive in place of those about the customer. */
  public static final String NOT_PERMITTED = "NOT_PERMITTED";

  private final String id;
  private final PolicyIdentity policy;
  private final String digest;
  private final String basis;
  private final List<String> reasons;
  private final List<String> stepUp;
  private final SortedMap<String, String> masks;

  /**
   * @param stepUp see {@link #stepUp}
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
   * @param masks see {@link #masks}
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

  /** Returns whether the policy could not be asked. */
  public boolean isUndecided() {
    return PolicyFailure.Kind.areUnavailable(reasons);
  }

  /** Returns the reasons for the caller: {@link #NOT_PERMITTED} if all are about the customer. */
  public SortedSet<String> shownReasons() {
    SortedSet<String> shown = aboutTheCaller(reasons);
    return shown.isEmpty() ? new TreeSet<>(Set.of(NOT_PERMITTED)) : shown;
  }

  /** Returns those of a refusal's reasons that depend on the caller and the request alone. */
  public static SortedSet<String> aboutTheCaller(Collection<String> reasons) {
    SortedSet<String> shown = new TreeSet<>(reasons);
    shown.retainAll(ABOUT_THE_CALLER);
    return shown;
  }

  /** Returns the {@code acr} values of sufficient tokens, if the caller's is too weak. */
  public List<String> stepUp() {
    return stepUp;
  }

  /** Returns the masks for which a statistic is refused, by attribute. */
  public SortedMap<String, String> masks() {
    return masks;
  }

  @Override
  public String toString() {
    return "Refusal" + reasons;
  }
}
