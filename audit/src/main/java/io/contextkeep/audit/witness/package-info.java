/**
 * Witnesses, which sign that a log has only grown (C2SP tlog-witness): the side that asks, and the
 * side that is asked.
 */
@NullMarked
package io.contextkeep.audit.witness;

import org.jspecify.annotations.NullMarked;
