package io.contextkeep.vault.web;

import io.contextkeep.ontology.Rfc3339;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Instants on the wire: RFC 3339, from 1970 to 9999, so that they fit in milliseconds. */
public final class Times {
  /** The expected form. */
  static final String EXPECTED =
      "an instant from 1970 to 9999, such as 2026-11-24T12:00:00Z (RFC 3339)";

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

  /** Writes an instant in UTC, truncated to milliseconds. It is called for each value of a read. */
  public static String write(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    if (time.getYear() < 0 || time.getYear() > 9_999) {
      throw new DateTimeException("No instant from 0000 to 9999: " + instant);
    }
    byte[] text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.US_ASCII);
    digits(text, 4, time.getYear());
    digits(text, 7, time.getMonthValue());
    digits(text, 10, time.getDayOfMonth());
    digits(text, 13, time.getHour());
    digits(text, 16, time.getMinute());
    digits(text, 19, time.getSecond());
    digits(text, 23, time.getNano() / 1_000_000);
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** Writes a number so that it ends before a place. */
  private static void digits(byte[] text, int end, int number) {
    int place = end;
    for (int rest = number; rest > 0; rest /= 10) {
      text[--place] = (byte) ('0' + rest % 10);
    }
  }
}
