/**
 * Noise on integers: exact samplers of the discrete Laplace and the discrete Gaussian distribution
 * (Canonne, Kamath, Steinke 2020), and the one place where an exact value meets its noise. There is
 * no floating point here, in no type and no instruction: its rounding is what attacks on such
 * mechanisms read.
 */
@NullMarked
package io.contextkeep.vault.analytics.noise;

import org.jspecify.annotations.NullMarked;
