package io.contextkeep.vault.web.edge;

import java.time.Duration;

/**
 * The limits of connections.
 *
 * @param connections the most open connections
 * @param perAddress the most open connections from one remote address
 * @param firstByte the longest wait for a new connection's first byte
 * @param request the longest time for a request to arrive, and the period in which a client must
 *     take part of its answer
 */
public record ConnectionLimits(
    int connections, int perAddress, Duration firstByte, Duration request) {}
