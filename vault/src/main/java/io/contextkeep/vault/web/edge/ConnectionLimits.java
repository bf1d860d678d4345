package io.contextkeep.vault.web.edge;

import java.time.Duration;

/**
 * The bounds of connections.
 *
 * @param connections open at once
 * @param perAddress of these from one remote address
 * @param firstByte how long a new connection may stay silent
 * @param request how long a request may take to arrive whole, head and body, and how often a client
 *     must have taken a part of its answer
 */
public record ConnectionLimits(
    int connections, int perAddress, Duration firstByte, Duration request) {}
