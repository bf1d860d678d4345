package io.contextkeep.vault.web;

import io.contextkeep.ontology.Rfc3339;
import java.time.Instant;

/** Instants in requests: RFC 3339, from 1970 to 9999, so that they fit in milliseconds. */
public final class Times {
  private Times() {}

  /**
   * Reads an instant.
   *
   * @param what the field or parameter, for the problem's words
   */
  public static Instant parse(String what, String text) {
    return Rfc3339.parse(text)
        .filter(instant -> !instant.isBefore(Instant.EPOCH))
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "invalid_time",
                    what
                        + " is an instant from 1970 to 9999, such as 2026-11-24T12:00:00Z"
                        + " (RFC 3339)"));
  }
}
