package io.contextkeep.vault.web;

import io.contextkeep.vault.web.edge.ConnectionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The address of the HTTP server and the limits of requests and connections.
 *
 * @param port the port; 0 for a free one
 * @param maxRequests the most requests that are answered at once
 * @param maxBodyBytes the most bytes of a body
 * @param maxBodiesBytes the most bytes of all bodies held at once; 0 for a sixteenth of the heap
 * @param requestTimeout the longest time for a request to arrive, head and body
 * @param maxConnections the most open connections; fewer if the system has too few descriptors
 * @param maxConnectionsPerAddress the most open connections from one remote address
 * @param tls the server's certificate and key; without them it serves plain HTTP
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

  /** Settings with a free port of the loopback address and otherwise the defaults. */
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

  /**
   * The files of the server's certificate chain and its private key, both in PEM. They are read
   * again when they change.
   */
  public record TlsFiles(Path certificate, Path key) {}
}
