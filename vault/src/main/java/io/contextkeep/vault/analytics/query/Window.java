package io.contextkeep.vault.analytics.query;

import java.time.Instant;

/**
 * Which events count.
 *
 * @param from the first moment
 * @param until the first moment that does not count any more
 */
public record Window(Instant from, Instant until) {
  public static final Window EVER =
      new Window(Instant.parse("1900-01-01T00:00:00Z"), Instant.parse("2200-01-01T00:00:00Z"));
}
