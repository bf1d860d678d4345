/**
 * Background work: one runner that goes on whatever a job throws, one backoff after failures, and
 * the factory of all threads.
 */
@NullMarked
package io.contextkeep.vault.jobs;

import org.jspecify.annotations.NullMarked;
