/**
 * The privacy budget: its limits, what was spent, and the one place that decides whether a question
 * fits.
 */
@NullMarked
package io.contextkeep.vault.analytics.budget;

import org.jspecify.annotations.NullMarked;
