package io.contextkeep.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long single things took, shown by two of their quantiles. */
final class Latencies {
  private final List<Double> all = new ArrayList<>();
  private final String unit;

  Latencies(String unit) {
    this.unit = unit;
  }

  void add(double latency) {
    all.add(latency);
  }

  /**
   * @throws PromiseBroken if nothing was measured
   */
  void add(Figures figures, String name) throws PromiseBroken {
    PromiseBroken.unless(!all.isEmpty(), "nothing was measured of " + name);
    Collections.sort(all);
    figures.add(name + ".p50", unit, at(0.5));
    figures.add(name + ".p99", unit, at(0.99));
  }

  private double at(double quantile) {
    return all.get((int) Math.min(all.size() - 1L, Math.round(quantile * all.size())));
  }
}
