package io.contextkeep.vault.analytics;

import java.time.Instant;

/**
 * The period of events that count.
 *
 * @param from the first instant
 * @param until the end, exclusive
 */
record Window(Instant from, Instant until) {
  public static final Window EVER =
      new Window(Instant.parse("1900-01-01T00:00:00Z"), Instant.parse("2200-01-01T00:00:00Z"));
}
