package io.contextkeep.vault.web;

import java.util.UUID;

/**
 * Ids of requests: UUIDs of version 7 (RFC 9562), which begin with the time, so that the log's
 * index of them grows at its end.
 */
public final class RequestId {
  private static final long RANDOM_BITS = 0x0fffL;

  private RequestId() {}

  public static String next() {
    UUID random = UUID.randomUUID();
    long time = System.currentTimeMillis() << 16;
    long version = 7L << 12;
    return new UUID(
            time | version | (random.getMostSignificantBits() & RANDOM_BITS),
            random.getLeastSignificantBits())
        .toString();
  }
}
