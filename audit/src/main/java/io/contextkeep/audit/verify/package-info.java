/**
 * The standalone log verifier: a live log by its URL, an evidence bundle, or a database file,
 * checked only against what the log itself shows.
 */
@NullMarked
package io.contextkeep.audit.verify;

import org.jspecify.annotations.NullMarked;
