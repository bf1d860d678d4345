package io.contextkeep.vault.policy;

import java.time.Instant;

/**
 * A failure to replace the policy in force.
 *
 * @param ongoing whether the failure lasts
 */
record Failure(String code, Instant at, boolean ongoing) {}
