package io.contextkeep.ontology;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The reader of times: exactly the {@code date-time} of RFC 3339 section 5.6, in the years 0000 to
 * 9999 of UTC, with an offset. Digits beyond nanoseconds are dropped. A leap second, at the end of
 * June or December in UTC, is read as the last nanosecond of the second before it.
 */
public final class Rfc3339 {
  /** The length of {@code 2026-11-24T12:00:00Z}, and of the part before the Z. */
  private static final int MIN_LENGTH = 20;

  private static final int SECONDS_END = 19;
  private static final int MAX_LENGTH = 64;
  private static final int LEAP = 60;

  /** Where the digits of a {@code date-time} are zeros here. */
  private static final String FORM = "0000-00-00T00:00:00";

  private static final String OFFSET = "+00:00";

  private Rfc3339() {}

  /** Reads an instant; empty if the text is not a {@code date-time}. */
  public static Optional<Instant> parse(String text) {
    if (text.length() < MIN_LENGTH || text.length() > MAX_LENGTH || !fits(text, 0, FORM)) {
      return Optional.empty();
    }
    int zone = endOfFraction(text);
    try {
      return zone < 0 || !isZone(text, zone) ? Optional.empty() : instant(text, zone);
    } catch (DateTimeException noSuchDayOrHour) {
      return Optional.empty();
    }
  }

  /** Returns whether the text has at a place digits for zeros, and the other characters. */
  private static boolean fits(String text, int from, String form) {
    for (int i = 0; i < form.length(); i++) {
      char there = text.charAt(from + i);
      boolean fit =
          switch (form.charAt(i)) {
            case '0' -> isDigit(there);
            case 'T' -> there == 'T' || there == 't';
            case '+' -> there == '+' || there == '-';
            default -> there == form.charAt(i);
          };
      if (!fit) {
        return false;
      }
    }
    return true;
  }

  /** Returns the place after the fraction of the second, if there is one; -1 without digits. */
  private static int endOfFraction(String text) {
    if (text.charAt(SECONDS_END) != '.') {
      return SECONDS_END;
    }
    int end = SECONDS_END + 1;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end > SECONDS_END + 1 ? end : -1;
  }

  private static boolean isZone(String text, int at) {
    int length = text.length() - at;
    return length == 1 && (text.charAt(at) == 'Z' || text.charAt(at) == 'z')
        || length == OFFSET.length() && fits(text, at, OFFSET);
  }

  private static Optional<Instant> instant(String text, int zone) {
    int second = number(text, 17, 2);
    boolean leap = second == LEAP;
    LocalDateTime there =
        LocalDate.of(number(text, 0, 4), number(text, 5, 2), number(text, 8, 2))
            .atTime(
                number(text, 11, 2),
                number(text, 14, 2),
                leap ? 59 : second,
                leap ? 999_999_999 : nanos(text, zone));
    int offset = offsetMinutes(text, zone);
    if (offset < 0) {
      return Optional.empty();
    }
    LocalDateTime utc = there.plusMinutes(text.charAt(zone) == '-' ? offset : -offset);
    boolean possible = utc.getYear() >= 0 && utc.getYear() <= 9999 && (!leap || endsHalfYear(utc));
    return possible ? Optional.of(utc.toInstant(ZoneOffset.UTC)) : Optional.empty();
  }

  /** Returns the distance of the offset from UTC; -1 if it is malformed. */
  private static int offsetMinutes(String text, int zone) {
    if (text.length() == zone + 1) {
      return 0;
    }
    int hours = number(text, zone + 1, 2);
    int minutes = number(text, zone + 4, 2);
    return hours <= 23 && minutes <= 59 ? 60 * hours + minutes : -1;
  }

  private static boolean endsHalfYear(LocalDateTime utc) {
    boolean lastDay =
        utc.getMonth() == Month.JUNE && utc.getDayOfMonth() == 30
            || utc.getMonth() == Month.DECEMBER && utc.getDayOfMonth() == 31;
    return lastDay && utc.getHour() == 23 && utc.getMinute() == 59;
  }

  private static int nanos(String text, int zone) {
    int nanos = 0;
    for (int place = 1; place <= 9; place++) {
      int at = SECONDS_END + place;
      nanos = 10 * nanos + (at < zone ? text.charAt(at) - '0' : 0);
    }
    return nanos;
  }

  private static int number(String text, int from, int digits) {
    int number = 0;
    for (int i = from; i < from + digits; i++) {
      number = 10 * number + text.charAt(i) - '0';
    }
    return number;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
