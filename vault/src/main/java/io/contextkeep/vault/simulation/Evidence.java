package io.contextkeep.vault.simulation;

import io.contextkeep.policy.PolicyGate;

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
    HypotheticalQuestions possible) {}
