package io.contextkeep.vault.analytics.noise;

import java.math.BigInteger;

/** A symmetric distribution over the integers that hides one customer. */
public sealed interface Noise permits DiscreteLaplace, DiscreteGaussian {

  /** Draws a value. */
  BigInteger draw(Draws draws);
}
