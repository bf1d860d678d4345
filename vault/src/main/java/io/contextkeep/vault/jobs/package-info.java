/**
 * Background work: one runner that goes on whatever a job throws, one backoff after failures, and
 * the one place where threads are made.
 */
@NullMarked
package io.contextkeep.vault.jobs;

import org.jspecify.annotations.NullMarked;
