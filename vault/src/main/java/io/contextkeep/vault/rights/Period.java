package io.contextkeep.vault.rights;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A period of time, in the unit of the law that sets it. */
record Period(Unit unit, int count) {
  private static final int MAX_COUNT = 1_200;

  /** The unit that is counted. */
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
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException("A period counts 1 to " + MAX_COUNT);
    }
  }

  /**
   * Returns the end of the last day. The day on which it begins does not count; a month from the
   * 31st ends with the last day of the next.
   *
   * @param calendar the calendar whose days are counted
   */
  public Instant after(Instant from, LegalCalendar calendar) {
    return calendar.endOf(after(calendar.day(from), calendar));
  }

  /** Returns the end of a period that begins with the last day of another one. */
  Instant beyond(Instant end, LegalCalendar calendar) {
    return after(end.minusMillis(1), calendar);
  }

  /**
   * Returns the end of the last day of this period, extended by another. Months are counted
   * together from the first day: one and two months from 31 January end with 30 April.
   */
  Instant extended(Period more, Instant from, LegalCalendar calendar) {
    if (unit != Unit.MONTHS || more.unit != Unit.MONTHS) {
      return more.beyond(after(from, calendar), calendar);
    }
    return calendar.endOf(calendar.day(from).plusMonths(count + more.count));
  }

  private LocalDate after(LocalDate day, LegalCalendar calendar) {
    return switch (unit) {
      case MONTHS -> day.plusMonths(count);
      case CALENDAR_DAYS -> day.plusDays(count);
      case BUSINESS_DAYS -> afterBusinessDays(day, calendar);
    };
  }

  private LocalDate afterBusinessDays(LocalDate from, LegalCalendar calendar) {
    LocalDate day = from;
    for (int left = count; left > 0; ) {
      day = day.plusDays(1);
      left -= calendar.isBusinessDay(day) ? 1 : 0;
    }
    return day;
  }
}
