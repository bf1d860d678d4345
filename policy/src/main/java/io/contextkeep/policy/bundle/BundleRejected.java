package io.contextkeep.policy.bundle;

/** A bundle that is not taken. What decided until now goes on deciding. */
public final class BundleRejected extends Exception {
  private static final long serialVersionUID = 1;

  /** At which step of the way in, in their order. */
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
