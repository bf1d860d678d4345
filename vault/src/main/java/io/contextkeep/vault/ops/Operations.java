package io.contextkeep.vault.ops;

import io.contextkeep.vault.net.Secret;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The operational state that the HTTP server shows to operators.
 *
 * @param dead the vital thread that has ended, if any, after which the vault must be stopped
 * @param token the secret of readers of the metrics and of the details of readiness; without it
 *     they are not readable
 * @param requestLog whether each request is logged
 */
public record Operations(
    Metrics metrics,
    Readiness readiness,
    Supplier<Optional<String>> dead,
    Optional<Secret> token,
    boolean requestLog) {}
