/**
 * Writes of sources: lines are checked one by one, and all that is kept of a batch is kept in one
 * transaction.
 */
@NullMarked
package io.contextkeep.vault.ingest;

import org.jspecify.annotations.NullMarked;
