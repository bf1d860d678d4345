package io.contextkeep.vault.analytics;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The steps of a time series, in UTC. */
enum Every {
  DAY(ChronoUnit.DAYS),
  WEEK(ChronoUnit.WEEKS),
  MONTH(ChronoUnit.MONTHS);

  private final ChronoUnit unit;

  Every(ChronoUnit unit) {
    this.unit = unit;
  }

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the number of steps that begin in the window, the first at its start. */
  int steps(Window window) {
    LocalDate first = date(window.from());
    int steps = 1;
    while (first.plus(steps, unit).atStartOfDay().toInstant(ZoneOffset.UTC).isBefore(window.until())
        && steps <= Plan.MAX_CELLS) {
      steps++;
    }
    return steps;
  }

  /**
   * Returns the step of the window that the moment falls into: the last that has begun. Whole units
   * between two dates are not enough, since the month after 31 January begins on 28 February.
   */
  int step(Window window, Instant moment) {
    LocalDate day = date(moment);
    int step = Math.toIntExact(unit.between(date(window.from()), day));
    return start(window, step + 1).isAfter(day) ? step : step + 1;
  }

  public LocalDate start(Window window, int step) {
    return date(window.from()).plus(step, unit);
  }

  private static LocalDate date(Instant moment) {
    return moment.atZone(ZoneOffset.UTC).toLocalDate();
  }
}
