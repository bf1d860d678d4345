package io.contextkeep.vault.analytics.noise;

/** Where chance comes from: a cryptographic generator, in a vault the operating system's own. */
@FunctionalInterface
public interface RandomBytes {

  /** Fills the array with bytes that nobody can foretell. */
  void fill(byte[] bytes);
}
