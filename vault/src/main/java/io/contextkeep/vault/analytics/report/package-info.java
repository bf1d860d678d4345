/**
 * What numbers mean to people: ε for ρ, margins for noise. It may use floating point, because it is
 * given parameters and answers, never data, and decides nothing.
 */
@NullMarked
package io.contextkeep.vault.analytics.report;

import org.jspecify.annotations.NullMarked;
