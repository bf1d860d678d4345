/**
 * Differentially private statistics: analysts ask structured questions about consenting customers
 * and get answers with noise, charged to a budget that no set of questions can exceed. No floating
 * point stands between the data and the noise.
 */
@NullMarked
package io.contextkeep.vault.analytics;

import org.jspecify.annotations.NullMarked;
