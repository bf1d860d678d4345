/**
 * The log checked from outside: a live one by its URL, an evidence bundle, or a database file. It
 * needs nothing of the vault but what the log itself shows.
 */
@NullMarked
package io.contextkeep.audit.verify;

import org.jspecify.annotations.NullMarked;
