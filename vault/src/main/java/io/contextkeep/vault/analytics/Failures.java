package io.contextkeep.vault.analytics;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.policy.PolicyFailure;
import org.jspecify.annotations.Nullable;

/**
 * The codes of the causes for which a charged question has no answer. They never depend on
 * customers' data.
 */
final class Failures {
  static final String CANCELLED = "CANCELLED";
  static final String DEADLINE_PASSED = "DEADLINE_PASSED";
  static final String STOPPING = "STOPPING";
  private static final int DEEPEST = 10;

  private Failures() {}

  /** Thrown if a question exceeds its time limit. */
  static final class DeadlinePassed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Returns the code of a cause. */
  static String code(Throwable thrown) {
    @Nullable Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      switch (cause) {
        case PolicyFailure failure -> {
          return failure.kind().name();
        }
        case StoreUnavailable _ -> {
          return "STORE_UNAVAILABLE";
        }
        case DeadlinePassed _ -> {
          return DEADLINE_PASSED;
        }
        default -> cause = cause.getCause();
      }
    }
    return "INTERNAL_ERROR";
  }
}
