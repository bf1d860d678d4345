package io.contextkeep.vault.ops;

import java.util.Optional;

/**
 * What the HTTP server shows to those who run the vault.
 *
 * @param token what a reader of the metrics and of why it is not ready must know; without it nobody
 *     reads them
 * @param requestLog whether each request is a line of the program's log
 */
public record Operations(
    Metrics metrics, Readiness readiness, Optional<Secret> token, boolean requestLog) {}
