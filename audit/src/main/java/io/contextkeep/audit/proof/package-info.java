/**
 * What readers of a log check it by: whom they trust, the receipts they keep, and the last
 * checkpoint they saw.
 */
@NullMarked
package io.contextkeep.audit.proof;

import org.jspecify.annotations.NullMarked;
