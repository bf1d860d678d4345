package io.contextkeep.vault.consent.signals;

/** A string that is not what it is said to be; the message says what is wrong, never the string. */
public final class UnreadableSignal extends Exception {
  private static final long serialVersionUID = 1;

  UnreadableSignal(String message) {
    super(message);
  }
}
