package io.contextkeep.vault.consent.signals;

/** Thrown where a string is malformed. The message names the fault and never shows the string. */
public final class UnreadableSignal extends Exception {
  private static final long serialVersionUID = 1;

  UnreadableSignal(String message) {
    super(message);
  }
}
