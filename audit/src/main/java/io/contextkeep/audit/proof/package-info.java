/**
 * The means by which readers check a log: their trust policy, the receipts they keep, and the last
 * checkpoint they saw.
 */
@NullMarked
package io.contextkeep.audit.proof;

import org.jspecify.annotations.NullMarked;
