package io.contextkeep.vault.analytics.noise;

/** A cryptographic random generator; in a vault, the operating system's. */
@FunctionalInterface
public interface RandomBytes {

  /** Fills the array with unpredictable bytes. */
  void fill(byte[] bytes);
}
