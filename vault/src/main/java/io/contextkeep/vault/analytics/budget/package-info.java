/**
 * The privacy budget: what may be learnt in all, what was learnt, and the one place that decides
 * whether more may be.
 */
@NullMarked
package io.contextkeep.vault.analytics.budget;

import org.jspecify.annotations.NullMarked;
