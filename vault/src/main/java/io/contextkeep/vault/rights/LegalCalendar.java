package io.contextkeep.vault.rights;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The days by which a law counts.
 *
 * @param zone the time zone of the days
 * @param holidays the days without business, beside Saturdays and Sundays
 */
record LegalCalendar(ZoneId zone, Holidays holidays) {

  boolean isBusinessDay(LocalDate day) {
    return day.getDayOfWeek() != DayOfWeek.SATURDAY
        && day.getDayOfWeek() != DayOfWeek.SUNDAY
        && !holidays.contains(day);
  }

  LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, zone);
  }

  Instant endOf(LocalDate day) {
    return day.plusDays(1).atStartOfDay(zone).toInstant();
  }
}
