package io.contextkeep.vault.analytics.query;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The steps of a time series, in UTC. */
public enum Every {
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

  /** How many begin in the window, the first at its start. */
  int steps(Window window) {
    LocalDate first = date(window.from());
    int steps = 1;
    while (first.plus(steps, unit).atStartOfDay().toInstant(ZoneOffset.UTC).isBefore(window.until())
        && steps <= Plan.MOST_CELLS) {
      steps++;
    }
    return steps;
  }

  /** In which step of the window the moment falls. */
  int step(Window window, Instant moment) {
    return Math.toIntExact(unit.between(date(window.from()), date(moment)));
  }

  public LocalDate start(Window window, int step) {
    return date(window.from()).plus(step, unit);
  }

  private static LocalDate date(Instant moment) {
    return moment.atZone(ZoneOffset.UTC).toLocalDate();
  }
}
