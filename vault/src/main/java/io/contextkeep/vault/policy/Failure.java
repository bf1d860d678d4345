package io.contextkeep.vault.policy;

import java.time.Instant;

/**
 * Why a policy did not take the place of the one in force.
 *
 * @param code a coded word
 * @param ongoing whether it is still so
 */
record Failure(String code, Instant at, boolean ongoing) {}
