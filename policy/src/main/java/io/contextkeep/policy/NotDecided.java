package io.contextkeep.policy;

/** Thrown if the policy could not be asked, so that there is no outcome. */
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
