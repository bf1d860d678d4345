package io.contextkeep.ontology;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The reader of times: exactly the {@code date-time} of RFC 3339 section 5.6, in the years 0000 to
 * 9999 of UTC, with an offset. Digits beyond nanoseconds are dropped. A leap second, at the end of
 * June or December in UTC, is read as the last nanosecond of the second before it.
 */
public final class Rfc3339 {
  private static final int MAX_LENGTH = 64;
  private static final int LEAP = 60;

  private static final Pattern DATE_TIME =
      Pattern.compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]+))?"
              + "(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))");

  private Rfc3339() {}

  /** Reads an instant; empty if the text is not a {@code date-time}. */
  public static Optional<Instant> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Matcher parts = DATE_TIME.matcher(text);
    try {
      return parts.matches() ? instant(parts) : Optional.empty();
    } catch (DateTimeException noSuchDayOrHour) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> instant(Matcher parts) {
    int second = number(parts, 4);
    boolean leap = second == LEAP;
    LocalDateTime there =
        LocalDate.parse(parts.group(1))
            .atTime(number(parts, 2), number(parts, 3), leap ? 59 : second, leap ? 999_999_999 : 0)
            .plusNanos(leap ? 0 : nanos(parts.group(5)));
    int offset = offsetMinutes(parts);
    if (offset < 0) {
      return Optional.empty();
    }
    LocalDateTime utc = there.plusMinutes("-".equals(parts.group(6)) ? offset : -offset);
    boolean possible = utc.getYear() >= 0 && utc.getYear() <= 9999 && (!leap || endsHalfYear(utc));
    return possible ? Optional.of(utc.toInstant(ZoneOffset.UTC)) : Optional.empty();
  }

  /** Returns the distance of the offset from UTC; -1 if it is malformed. */
  private static int offsetMinutes(Matcher parts) {
    if (parts.group(6) == null) {
      return 0;
    }
    int hours = number(parts, 7);
    int minutes = number(parts, 8);
    return hours <= 23 && minutes <= 59 ? 60 * hours + minutes : -1;
  }

  private static boolean endsHalfYear(LocalDateTime utc) {
    boolean lastDay =
        utc.getMonth() == Month.JUNE && utc.getDayOfMonth() == 30
            || utc.getMonth() == Month.DECEMBER && utc.getDayOfMonth() == 31;
    return lastDay && utc.getHour() == 23 && utc.getMinute() == 59;
  }

  private static int number(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }

  private static long nanos(@Nullable String fraction) {
    return fraction == null ? 0 : Long.parseLong((fraction + "000000000").substring(0, 9));
  }
}
