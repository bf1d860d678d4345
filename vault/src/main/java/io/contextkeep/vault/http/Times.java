package io.contextkeep.vault.http;

import java.time.DateTimeException;
import java.time.Instant;

/** Instants from strangers: RFC 3339, from 1970 to 9999, so that they fit in milliseconds. */
final class Times {
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private Times() {}

  /**
   * @param what the field or parameter, for the problem's words
   */
  static Instant parse(String what, String text) {
    try {
      Instant instant = Instant.parse(text);
      if (!instant.isBefore(Instant.EPOCH) && instant.isBefore(END)) {
        return instant;
      }
    } catch (DateTimeException notAnInstant) {
      // Falls through to the one message.
    }
    throw Problem.badRequest(
        "invalid_time",
        what + " is an instant from 1970 to 9999, such as 2026-11-24T12:00:00Z (RFC 3339)");
  }
}
