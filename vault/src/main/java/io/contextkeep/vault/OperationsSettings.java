package io.contextkeep.vault;

import io.contextkeep.vault.net.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of monitoring and maintenance.
 *
 * @param metricsToken the secret of readers of the metrics; without it they are closed
 * @param requestLog whether each request is logged, which costs half as much as a read
 * @param retentionSweep the interval of deleting expired data
 */
record OperationsSettings(
    Optional<Secret> metricsToken, boolean requestLog, Duration retentionSweep) {}
