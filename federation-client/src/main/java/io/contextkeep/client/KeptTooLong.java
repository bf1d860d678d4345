package io.contextkeep.client;

/** An answer was used after its time. Its values are gone: ask again. */
public final class KeptTooLong extends IllegalStateException {
  private static final long serialVersionUID = 1;

  KeptTooLong() {
    super("The time of the answer is over: ask again");
  }
}
