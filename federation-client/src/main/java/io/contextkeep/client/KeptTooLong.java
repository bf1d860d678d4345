package io.contextkeep.client;

/** An answer was used when it may not be any more. What it held is gone: ask again. */
public final class KeptTooLong extends IllegalStateException {
  private static final long serialVersionUID = 1;

  KeptTooLong() {
    super("The answer was to be kept no longer: ask again");
  }
}
