package io.contextkeep.vault;

import io.contextkeep.vault.net.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * How a vault is watched and kept in order.
 *
 * @param metricsToken what a reader of the metrics must know; without it nobody reads them
 * @param requestLog whether each request is a line of the program's log; it costs as much as half a
 *     read
 * @param retentionSweep how often what is too old is looked for and deleted
 */
record OperationsSettings(
    Optional<Secret> metricsToken, boolean requestLog, Duration retentionSweep) {}
