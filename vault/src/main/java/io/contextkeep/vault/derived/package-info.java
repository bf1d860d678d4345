/**
 * Values that a source derived from others: whether they may be, on which grounds they stand, and
 * their removal when the grounds or the time end.
 */
@NullMarked
package io.contextkeep.vault.derived;

import org.jspecify.annotations.NullMarked;
