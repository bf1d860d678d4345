package io.contextkeep.vault.analytics.query;

import java.util.Locale;

/** What is worked out. */
public enum Measure {
  COUNT,
  SUM,
  MEAN,
  VARIANCE,
  QUANTILE,
  HISTOGRAM;

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is worked out of numbers. */
  boolean ofNumbers() {
    return this != COUNT;
  }
}
