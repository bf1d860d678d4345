package io.contextkeep.vault.analytics.query;

import io.contextkeep.vault.registry.Analysable;
import java.math.BigDecimal;

/** Where slots lie on the scale of what is measured, exactly. */
public final class Labels {
  private Labels() {}

  /** Returns where one of so many equal parts of the range begins; past the last, where it ends. */
  public static BigDecimal edge(Column column, int slot, int slots) {
    return number(column, edgeSteps(column, slot, slots)).min(bounds(column).upper());
  }

  /** Returns the greatest number that is counted in the slot. */
  public static BigDecimal last(Column column, int slot, int slots) {
    if (slot == slots - 1) {
      return bounds(column).upper();
    }
    long next = edgeSteps(column, slot + 1, slots) - 1;
    return number(column, Math.max(next, edgeSteps(column, slot, slots)));
  }

  /** The least number of steps that is counted in the slot. */
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

  /** Returns the middle that centred sums are taken from. */
  public static BigDecimal middle(Column column) {
    return number(column, Plan.middle(column));
  }
}
