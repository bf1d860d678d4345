package io.contextkeep.policy;

/** Thrown where the policy was not heard, so that there is no outcome to show or to rely on. */
public final class NotDecided extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final PolicyFailure.Kind kind;

  NotDecided(PolicyFailure.Kind kind) {
    super(kind.meaning());
    this.kind = kind;
  }

  public PolicyFailure.Kind kind() {
    return kind;
  }
}
