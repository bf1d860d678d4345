package io.contextkeep.vault.analytics.query;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Where slots lie on the scale of what is measured, exactly. */
public final class Labels {
  private Labels() {}

  /** Where one of so many equal parts of the range begins; past the last one, where it ends. */
  public static BigDecimal edge(Column column, int slot, int slots) {
    var scale = column.bounds().orElseThrow();
    long range = column.upper() - column.lower();
    // The least number of steps that is counted in the slot.
    BigInteger steps =
        BigInteger.valueOf(column.lower())
            .add(BigInteger.valueOf(Math.ceilDiv(Math.multiplyExact(range, slot), slots)));
    return scale.step().multiply(new BigDecimal(steps)).min(scale.upper());
  }

  /** The middle that centred sums are taken from. */
  public static BigDecimal middle(Column column) {
    return column.bounds().orElseThrow().step().multiply(BigDecimal.valueOf(Plan.middle(column)));
  }
}
