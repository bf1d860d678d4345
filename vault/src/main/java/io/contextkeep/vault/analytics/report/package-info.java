/**
 * Costs and margins of error in common terms. Floating point is allowed here, as these classes get
 * parameters and answers only, never data.
 */
@NullMarked
package io.contextkeep.vault.analytics.report;

import org.jspecify.annotations.NullMarked;
