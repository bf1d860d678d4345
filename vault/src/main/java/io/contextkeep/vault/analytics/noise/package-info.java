/**
 * Noise on integers: exact samplers of the discrete Laplace and the discrete Gaussian distribution
 * (Canonne, Kamath, Steinke 2020), and the one place where noise is added to an exact value.
 * Nothing here uses floating point, as attacks on such mechanisms exploit its rounding.
 */
@NullMarked
package io.contextkeep.vault.analytics.noise;

import org.jspecify.annotations.NullMarked;
