package io.contextkeep.vault.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.vault.rights.Period.Unit;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The periods of laws. */
final class PeriodTest {

  @ParameterizedTest
  @CsvSource({
    // A month from the 31st ends with the last day of the next one.
    "MONTHS,1,2026-01-31T12:00:00Z,Europe/Brussels,2026-02-28T23:00:00Z",
    "MONTHS,1,2028-01-31T12:00:00Z,Europe/Brussels,2028-02-29T23:00:00Z",
    "MONTHS,1,2026-11-24T12:00:00Z,Europe/Brussels,2026-12-24T23:00:00Z",
    // It was already the next day in that zone.
    "MONTHS,1,2026-11-24T23:30:00Z,Europe/Brussels,2026-12-25T23:00:00Z",
    // The clocks change in between.
    "CALENDAR_DAYS,45,2026-03-01T12:00:00Z,America/Los_Angeles,2026-04-16T07:00:00Z",
    "CALENDAR_DAYS,45,2026-10-01T12:00:00Z,America/Los_Angeles,2026-11-16T08:00:00Z",
    // A Friday, two weekends in ten days; and a Saturday.
    "BUSINESS_DAYS,10,2026-11-20T20:00:00Z,America/Los_Angeles,2026-12-05T08:00:00Z",
    "BUSINESS_DAYS,1,2026-11-20T20:00:00Z,America/Los_Angeles,2026-11-24T08:00:00Z",
    "BUSINESS_DAYS,1,2026-11-21T20:00:00Z,America/Los_Angeles,2026-11-24T08:00:00Z",
    "BUSINESS_DAYS,15,2026-11-20T20:00:00Z,America/Los_Angeles,2026-12-12T08:00:00Z"
  })
  void aPeriod_endsWithItsLastDay(Unit unit, int count, Instant from, ZoneId zone, Instant end) {
    assertThat(new Period(unit, count).after(from, days(zone))).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource({
    // Thanksgiving is Thursday 26 November; the Friday after it is a holiday in California only.
    "US,10,2026-11-20T20:00:00Z,2026-12-08T08:00:00Z",
    "US-CA,10,2026-11-20T20:00:00Z,2026-12-09T08:00:00Z",
    // Christmas and New Year, both Fridays, in a period that ends in another year.
    "US,10,2026-12-22T20:00:00Z,2027-01-08T08:00:00Z",
    // 4 July 2027 is a Sunday, and the Monday is a holiday.
    "US,1,2027-07-02T20:00:00Z,2027-07-07T07:00:00Z",
    // 4 July 2026 is a Saturday: federal offices are closed on the Friday, which counts all the
    // same.
    "US,2,2026-07-01T20:00:00Z,2026-07-04T07:00:00Z",
    // A day that is observed but is no public holiday counts: Lincoln's birthday.
    "US-CA,1,2026-02-11T20:00:00Z,2026-02-13T08:00:00Z"
  })
  void businessDays_excludeThePublicHolidaysOfThePlace(
      String place, int count, Instant from, Instant end) {
    LegalCalendar calendar =
        new LegalCalendar(ZoneId.of("America/Los_Angeles"), Holidays.of(place).orElseThrow());
    assertThat(new Period(Unit.BUSINESS_DAYS, count).after(from, calendar)).isEqualTo(end);
  }

  @Test
  void aPlaceWithoutACalendar_hasNoHolidays() {
    assertThat(Holidays.of("ZZ")).isEmpty();
    assertThat(Holidays.of("EU")).isEmpty();
    assertThat(Holidays.of("US-ZZ")).isEmpty();
  }

  private static LegalCalendar days(ZoneId zone) {
    return new LegalCalendar(zone, Holidays.NONE);
  }

  @Test
  void anExtension_beginsWithTheLastDayOfTheFirstPeriod() {
    LegalCalendar brussels = days(ZoneId.of("Europe/Brussels"));
    Instant month =
        new Period(Unit.MONTHS, 1).after(Instant.parse("2026-11-24T12:00:00Z"), brussels);
    assertThat(new Period(Unit.MONTHS, 2).beyond(month, brussels))
        .isEqualTo(Instant.parse("2027-02-24T23:00:00Z"));
  }

  /**
   * Checks that two more months are counted from the day of the request, not from the end of the
   * first period.
   */
  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z,2026-04-30T22:00:00Z",
    "2026-11-30T12:00:00Z,2027-02-28T23:00:00Z",
    "2027-11-30T12:00:00Z,2028-02-29T23:00:00Z",
    "2028-01-29T12:00:00Z,2028-04-29T22:00:00Z",
    "2026-12-31T12:00:00Z,2027-03-31T22:00:00Z",
    "2026-03-31T12:00:00Z,2026-06-30T22:00:00Z"
  })
  void anExtensionByMonths_isCountedFromTheDayOfTheRequest(Instant made, Instant end) {
    assertThat(
            new Period(Unit.MONTHS, 1)
                .extended(new Period(Unit.MONTHS, 2), made, days(ZoneId.of("Europe/Brussels"))))
        .isEqualTo(end);
  }

  @Test
  void anExtensionInDays_followsTheFirstPeriod() {
    LegalCalendar pacific = days(ZoneId.of("America/Los_Angeles"));
    assertThat(
            new Period(Unit.CALENDAR_DAYS, 45)
                .extended(
                    new Period(Unit.CALENDAR_DAYS, 45),
                    Instant.parse("2026-01-31T20:00:00Z"),
                    pacific))
        .isEqualTo(Instant.parse("2026-05-02T07:00:00Z"));
  }

  @Test
  void aPeriodOfZeroOrOfCenturies_isRefused() {
    assertThatThrownBy(() -> new Period(Unit.MONTHS, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Period(Unit.MONTHS, 1_201))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
