package io.contextkeep.vault.analytics.noise;

import java.math.BigInteger;

/** A distribution over the integers, symmetric about 0, that hides one customer. */
public sealed interface Noise permits DiscreteLaplace, DiscreteGaussian {

  /** One value of it. */
  BigInteger draw(Draws draws);
}
