package io.contextkeep.vault.crypto;

/** Sealed bytes that cannot be opened: altered, moved, or sealed under another key. */
public final class SealBroken extends RuntimeException {
  private static final long serialVersionUID = 1;

  public SealBroken(String message) {
    super(message);
  }
}
