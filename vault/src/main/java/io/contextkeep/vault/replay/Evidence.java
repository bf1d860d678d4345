package io.contextkeep.vault.replay;

import io.contextkeep.policy.PolicyGate;
import io.contextkeep.vault.read.Possible;

/**
 * What is known of decisions without making one: those that were made, those that could be, and
 * what another policy would say to them.
 *
 * @param gate the policy in force
 */
public record Evidence(
    PolicyGate gate,
    RecordedDecisions decisions,
    Replay replay,
    Candidates candidates,
    Possible possible) {}
