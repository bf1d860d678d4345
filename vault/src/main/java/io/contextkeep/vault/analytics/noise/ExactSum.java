package io.contextkeep.vault.analytics.noise;

import java.math.BigInteger;

/**
 * A sum over customers before noise. Nothing reads it but {@link #release}, which adds the noise
 * and works once: a second draw over the same data would let both be averaged.
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

  /** Takes over what another thread added up. */
  public void add(ExactSum part) {
    add(part.sum);
  }

  /** The sum with noise, which is no secret any more. */
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
