/**
 * Costs and margins of error in the terms that people use. It may use floating point, because it is
 * given parameters and answers, never data.
 */
@NullMarked
package io.contextkeep.vault.analytics.report;

import org.jspecify.annotations.NullMarked;
