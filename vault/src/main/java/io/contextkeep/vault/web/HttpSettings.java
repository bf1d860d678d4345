package io.contextkeep.vault.web;

import io.contextkeep.vault.web.edge.ConnectionLimits;
import java.time.Duration;
import java.util.Optional;

/**
 * How the HTTP server listens, and the bounds of every way into it.
 *
 * @param port 0 takes a free one
 * @param maxRequests requests that are answered at once
 * @param maxBodyBytes bytes of one body
 * @param maxBodiesBytes bytes of all bodies that are held at once; 0 is a sixteenth of the heap
 * @param requestTimeout how long a request may take to arrive whole, head and body
 * @param maxConnections connections that are open at once; fewer where the system has too few
 *     descriptors
 * @param maxConnectionsPerAddress of these from one remote address
 * @param tls where the server's certificate and key are; without them it speaks plain HTTP
 */
public record HttpSettings(
    String host,
    int port,
    int maxRequests,
    int maxBodyBytes,
    long maxBodiesBytes,
    Duration requestTimeout,
    int maxConnections,
    int maxConnectionsPerAddress,
    Optional<TlsFiles> tls) {
  private static final int PART_OF_HEAP = 16;
  private static final Duration FIRST_BYTE = Duration.ofSeconds(10);

  /** A free port of this machine and otherwise the defaults. */
  public static HttpSettings local() {
    return new HttpSettings(
        "127.0.0.1", 0, 256, 8 << 20, 0, Duration.ofSeconds(30), 1_024, 512, Optional.empty());
  }

  ConnectionLimits limits() {
    return new ConnectionLimits(
        maxConnections,
        maxConnectionsPerAddress,
        requestTimeout.compareTo(FIRST_BYTE) < 0 ? requestTimeout : FIRST_BYTE,
        requestTimeout);
  }

  public HttpSettings {
    if (maxBodiesBytes == 0) {
      maxBodiesBytes = Math.max(maxBodyBytes, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }
    if (maxBodiesBytes < maxBodyBytes) {
      throw new IllegalArgumentException(
          "http.max.bodies.bytes is at least http.max.body.bytes, or 0");
    }
  }
}
