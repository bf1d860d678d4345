/**
 * The privacy budget: its limits, its charges, and the single place that decides whether a question
 * fits.
 */
@NullMarked
package io.contextkeep.vault.analytics.budget;

import org.jspecify.annotations.NullMarked;
