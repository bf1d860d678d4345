package io.contextkeep.vault.rights;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A time to do something, in the unit of the law that gives it. Business days are Monday to Friday:
 * holidays are not known here, so that a term ends earlier than the law would have it, never later.
 */
public record Period(Unit unit, int count) {
  private static final int MOST = 1_200;

  /** What is counted. */
  public enum Unit {
    MONTHS,
    CALENDAR_DAYS,
    BUSINESS_DAYS;

    String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Unit> parse(String code) {
      return Arrays.stream(values()).filter(unit -> unit.code().equals(code)).findFirst();
    }
  }

  public Period {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("A period counts 1 to " + MOST);
    }
  }

  /**
   * The end of the last day. The day on which it begins does not count; a month from the 31st ends
   * with the last day of the next.
   *
   * @param zone whose days they are
   */
  public Instant after(Instant from, ZoneId zone) {
    LocalDate last = after(LocalDate.ofInstant(from, zone));
    return last.plusDays(1).atStartOfDay(zone).toInstant();
  }

  /** The same from the end of another period, whose last day is its beginning. */
  Instant beyond(Instant end, ZoneId zone) {
    return after(end.minusMillis(1), zone);
  }

  /**
   * The end of the last day of this period and of another that it is extended by. Months are
   * counted together from the day on which it begins: one and two of them from 31 January end with
   * 30 April.
   */
  Instant extended(Period more, Instant from, ZoneId zone) {
    if (unit != Unit.MONTHS || more.unit != Unit.MONTHS) {
      return more.beyond(after(from, zone), zone);
    }
    LocalDate last = LocalDate.ofInstant(from, zone).plusMonths(count + more.count);
    return last.plusDays(1).atStartOfDay(zone).toInstant();
  }

  LocalDate after(LocalDate day) {
    return switch (unit) {
      case MONTHS -> day.plusMonths(count);
      case CALENDAR_DAYS -> day.plusDays(count);
      case BUSINESS_DAYS -> afterBusinessDays(day);
    };
  }

  private LocalDate afterBusinessDays(LocalDate from) {
    LocalDate day = from;
    for (int left = count; left > 0; ) {
      day = day.plusDays(1);
      left -= isBusiness(day) ? 1 : 0;
    }
    return day;
  }

  private static boolean isBusiness(LocalDate day) {
    return day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY;
  }
}
