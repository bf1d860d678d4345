package io.contextkeep.audit;

/**
 * The store is unavailable: full, locked, read-only, closed or overloaded. Nothing was partially
 * written.
 */
public final class StoreUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StoreUnavailable(String message, Throwable cause) {
    super(message, cause);
  }

  public StoreUnavailable(String message) {
    super(message);
  }
}
