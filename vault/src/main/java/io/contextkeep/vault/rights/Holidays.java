package io.contextkeep.vault.rights;

import de.focus_shift.jollyday.core.Holiday;
import de.focus_shift.jollyday.core.HolidayManager;
import de.focus_shift.jollyday.core.HolidayType;
import de.focus_shift.jollyday.core.ManagerParameters;
import java.time.LocalDate;
import java.time.Year;
import java.util.Locale;
import java.util.Optional;

/**
 * The public holidays of a country or of a part of it, by Jollyday's calendars. A holiday on a
 * weekend that employers observe on the day before is not counted on that day: laws seldom follow
 * it, and a period may end too early but never too late.
 */
final class Holidays {
  /** No holidays, for a law that names no country. */
  static final Holidays NONE = new Holidays(Optional.empty(), new String[0]);

  private final Optional<String> country;
  private final String[] part;

  private Holidays(Optional<String> country, String[] part) {
    this.country = country;
    this.part = part;
  }

  /**
   * Finds the holidays of a place.
   *
   * @param place by ISO 3166, such as {@code US} or {@code US-CA}
   * @return empty if there is no calendar of it
   */
  static Optional<Holidays> of(String place) {
    String[] codes = place.split("-", 2);
    if (!HolidayManager.getSupportedCalendarCodes().contains(codes[0])) {
      return Optional.empty();
    }
    String country = codes[0].toLowerCase(Locale.ROOT);
    if (codes.length == 1) {
      return Optional.of(new Holidays(Optional.of(country), new String[0]));
    }
    String part = codes[1].toLowerCase(Locale.ROOT);
    return calendar(country).getCalendarHierarchy().getChildren().containsKey(part)
        ? Optional.of(new Holidays(Optional.of(country), new String[] {part}))
        : Optional.empty();
  }

  /** Returns whether the day is a holiday. */
  boolean contains(LocalDate day) {
    return country.stream()
        .flatMap(
            code ->
                calendar(code)
                    .getHolidays(Year.from(day), HolidayType.PUBLIC_HOLIDAY, part)
                    .stream())
        .filter(holiday -> !holiday.getDate().isBefore(holiday.getActualDate()))
        .map(Holiday::getDate)
        .anyMatch(day::equals);
  }

  /** Returns a calendar, which Jollyday caches with each of its years. */
  private static HolidayManager calendar(String country) {
    return HolidayManager.getInstance(ManagerParameters.create(country));
  }
}
