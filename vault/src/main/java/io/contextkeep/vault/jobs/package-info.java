/**
 * What the vault does by itself, again and again: one runner for all of it, which goes on whatever
 * a job throws and ends all jobs in one place, and one rule for how long to wait after a failure.
 */
@NullMarked
package io.contextkeep.vault.jobs;

import org.jspecify.annotations.NullMarked;
