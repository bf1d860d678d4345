package io.contextkeep.vault.analytics;

import java.util.Locale;

/** A kind of statistic. */
enum Measure {
  COUNT,
  SUM,
  MEAN,
  VARIANCE,
  QUANTILE,
  HISTOGRAM;

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether it is computed from numbers. */
  boolean ofNumbers() {
    return this != COUNT;
  }
}
