package io.contextkeep.vault.ops;

import io.contextkeep.vault.net.Secret;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the HTTP server shows to those who run the vault.
 *
 * @param dead the vital thread that has ended, if one has: then the vault must be ended too
 * @param token what a reader of the metrics and of why it is not ready must know; without it nobody
 *     reads them
 * @param requestLog whether each request is a line of the program's log
 */
public record Operations(
    Metrics metrics,
    Readiness readiness,
    Supplier<Optional<String>> dead,
    Optional<Secret> token,
    boolean requestLog) {}
