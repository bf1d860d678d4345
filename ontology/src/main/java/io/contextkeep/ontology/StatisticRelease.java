package io.contextkeep.ontology;

import java.time.Instant;

/**
 * One answer about a population that was given out with differential privacy. It holds nothing that
 * was not given out.
 *
 * @param charge the number of the question that was paid for
 * @param population the app whose customers it is about
 * @param rho what it cost, in trillionths
 * @param delta the same of δ
 * @param counted how many were counted, with noise
 * @param epoch the hour as of which consents counted
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
