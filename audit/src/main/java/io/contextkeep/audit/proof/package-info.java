/**
 * What readers of a log hold against it: whom they trust, the receipts they keep, and the last
 * checkpoint they saw.
 */
@NullMarked
package io.contextkeep.audit.proof;

import org.jspecify.annotations.NullMarked;
