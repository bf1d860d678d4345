package io.contextkeep.vault.analytics;

import io.contextkeep.vault.registry.Analysable;
import java.math.BigDecimal;

/** The exact positions of slots on the measured scale. */
final class Labels {
  private Labels() {}

  /**
   * Returns the beginning of one of several equal parts of the range, or its end after the last.
   */
  public static BigDecimal edge(Column column, int slot, int slots) {
    return number(column, edgeSteps(column, slot, slots)).min(bounds(column).upper());
  }

  /** Returns the greatest number in a slot. */
  public static BigDecimal last(Column column, int slot, int slots) {
    if (slot == slots - 1) {
      return bounds(column).upper();
    }
    long next = edgeSteps(column, slot + 1, slots) - 1;
    return number(column, Math.max(next, edgeSteps(column, slot, slots)));
  }

  /** Returns the least number of steps in a slot. */
  private static long edgeSteps(Column column, int slot, int slots) {
    long range = column.upper() - column.lower();
    return column.lower() + Math.ceilDiv(Math.multiplyExact(range, slot), slots);
  }

  private static BigDecimal number(Column column, long steps) {
    return bounds(column).step().multiply(BigDecimal.valueOf(steps));
  }

  private static Analysable.Scale bounds(Column column) {
    return column.bounds().orElseThrow();
  }

  /** Returns the middle of the range, by which sums are centred. */
  public static BigDecimal middle(Column column) {
    return number(column, Plan.middle(column));
  }
}
