package io.contextkeep.vault.analytics;

/** An interval of numbers with interval arithmetic. */
record Range(double low, double high) {

  static Range around(double value, double margin) {
    return new Range(value - margin, value + margin);
  }

  Range atLeast(double least) {
    return new Range(Math.max(least, low), Math.max(least, high));
  }

  /** Divides by a positive interval. */
  Range over(Range divisor) {
    return new Range(
        Math.min(low / divisor.low, low / divisor.high),
        Math.max(high / divisor.low, high / divisor.high));
  }

  Range minus(Range other) {
    return new Range(low - other.high, high - other.low);
  }

  /** Returns the square root of the part that is not negative. */
  Range root() {
    return new Range(Math.sqrt(Math.max(0, low)), Math.sqrt(Math.max(0, high)));
  }

  /** Widens the interval, cut off at zero. */
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
