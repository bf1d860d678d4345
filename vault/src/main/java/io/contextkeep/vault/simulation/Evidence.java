package io.contextkeep.vault.simulation;

import io.contextkeep.policy.PolicyGate;

/**
 * The services that examine decisions without making any.
 *
 * @param gate the gate of the policy in force
 */
public record Evidence(
    PolicyGate gate,
    RecordedDecisions decisions,
    Replay replay,
    Candidates candidates,
    HypotheticalQuestions hypothetical) {}
