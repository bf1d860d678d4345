package io.contextkeep.policy.bundle;

/** Thrown if a bundle fails a check. The policy in force stays in force. */
public final class BundleRejected extends Exception {
  private static final long serialVersionUID = 1;

  /** The checks of a bundle, in order. */
  public enum Step {
    ARCHIVE,
    SIGNATURE,
    FILES,
    REVISION,
    DATA,
    ABI,
    ENTRYPOINT,
    IMPORTS,
    COMPILE,
    GOLDEN
  }

  private final Step step;

  public BundleRejected(Step step, String message) {
    super(message);
    this.step = step;
  }

  public BundleRejected(Step step, String message, Throwable cause) {
    super(message, cause);
    this.step = step;
  }

  public Step step() {
    return step;
  }
}
