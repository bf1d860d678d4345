package io.contextkeep.vault.analytics.noise;

import java.math.BigInteger;

/**
 * A sum over customers without noise. Only {@link #release} reads it, which adds the noise and
 * works once: the average of two draws over the same data would reveal more.
 */
public final class ExactSum {
  private long sum;
  private boolean released;

  /**
   * @throws ArithmeticException if the sum no longer fits; the question's plan rules that out
   *     before anything is read
   */
  public void add(long contribution) {
    sum = Math.addExact(sum, contribution);
  }

  /** Adds the sum of another thread. */
  public void add(ExactSum part) {
    add(part.sum);
  }

  /** Returns the sum with noise, which is public. */
  public BigInteger release(Noise noise, Draws draws) {
    if (released) {
      throw new IllegalStateException("A sum is released once");
    }
    released = true;
    return BigInteger.valueOf(sum).add(noise.draw(draws));
  }

  @Override
  public String toString() {
    return "ExactSum[redacted]";
  }
}
