package io.contextkeep.vault.analytics.report;

/** Where a number may lie, with the arithmetic that keeps it there. */
record Range(double low, double high) {

  static Range around(double value, double margin) {
    return new Range(value - margin, value + margin);
  }

  Range atLeast(double least) {
    return new Range(Math.max(least, low), Math.max(least, high));
  }

  /** By one that is above zero. */
  Range over(Range divisor) {
    return new Range(
        Math.min(low / divisor.low, low / divisor.high),
        Math.max(high / divisor.low, high / divisor.high));
  }

  Range minus(Range other) {
    return new Range(low - other.high, high - other.low);
  }

  /** What is squared in it; the square of something that is not below zero. */
  Range root() {
    return new Range(Math.sqrt(Math.max(0, low)), Math.sqrt(Math.max(0, high)));
  }

  /** All that is at most so far from it, and not below zero. */
  Range widened(double by) {
    return new Range(Math.max(0, low - by), high + by);
  }

  Range squared() {
    double most = Math.max(low * low, high * high);
    return low <= 0 && high >= 0
        ? new Range(0, most)
        : new Range(Math.min(low * low, high * high), most);
  }
}
