/**
 * Writes of sources: lines are checked one by one, and the accepted lines of a batch are written in
 * one transaction.
 */
@NullMarked
package io.contextkeep.vault.ingest;

import org.jspecify.annotations.NullMarked;
