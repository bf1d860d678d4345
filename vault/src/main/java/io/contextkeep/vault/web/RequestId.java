package io.contextkeep.vault.web;

import java.util.UUID;

/**
 * Names for requests, random but for their beginning, which is the time (RFC 9562, UUID version 7):
 * so the log's index of them grows at its end and not all over.
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
