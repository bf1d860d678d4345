/**
 * Values that sources derive from others: the decision whether they may, the grounds on which the
 * values are held, and their removal when the grounds or the retention end.
 */
@NullMarked
package io.contextkeep.vault.derived;

import org.jspecify.annotations.NullMarked;
