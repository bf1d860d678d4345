package io.contextkeep.ontology;

import java.time.Instant;

/**
 * A differentially private answer that was released. It holds only what was released.
 *
 * @param charge the number of the charged question
 * @param population the app whose customers were counted
 * @param rho its cost in trillionths of ρ
 * @param delta its cost in trillionths of δ
 * @param counted the noisy number of customers
 * @param epoch the hour whose consents counted
 */
public record StatisticRelease(
    long charge,
    Purpose purpose,
    String population,
    long rho,
    long delta,
    long counted,
    long epoch,
    Instant at) {}
