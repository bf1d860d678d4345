package io.contextkeep.vault.web;

import io.contextkeep.ontology.Rfc3339;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Instants on the wire: RFC 3339, from 1970 to 9999, so that they fit in milliseconds. */
public final class Times {
  /** The expected form. */
  static final String EXPECTED =
      "an instant from 1970 to 9999, such as 2026-11-24T12:00:00Z (RFC 3339)";

  private static final DateTimeFormatter MILLISECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Times() {}

  /**
   * Reads an instant.
   *
   * @param what the field or parameter, for the problem's detail
   */
  public static Instant parse(String what, String text) {
    return read(text)
        .orElseThrow(() -> Problem.badRequest("invalid_time", what + " is " + EXPECTED));
  }

  /** Reads an instant; returns empty if the text is not one. */
  static Optional<Instant> read(String text) {
    return Rfc3339.parse(text).filter(instant -> !instant.isBefore(Instant.EPOCH));
  }

  /** Writes an instant in UTC, truncated to milliseconds. */
  public static String write(Instant instant) {
    return MILLISECONDS.format(instant);
  }
}
