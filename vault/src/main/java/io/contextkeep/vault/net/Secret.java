package io.contextkeep.vault.net;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A shared secret. It is compared in constant time and never printed. */
public final class Secret {
  /** Fewer characters could be guessed by trying. */
  private static final int SHORTEST = 16;

  private final byte[] word;

  private Secret(byte[] word) {
    this.word = word;
  }

  /**
   * @throws IllegalArgumentException if the text is too short
   */
  public static Secret of(String word) {
    if (word.length() < SHORTEST) {
      throw new IllegalArgumentException("A secret has at least " + SHORTEST + " characters");
    }
    return new Secret(word.getBytes(StandardCharsets.UTF_8));
  }

  public boolean is(String guess) {
    return MessageDigest.isEqual(word, guess.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the value of the Authorization header with the secret. */
  public String bearer() {
    return "Bearer " + new String(word, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
