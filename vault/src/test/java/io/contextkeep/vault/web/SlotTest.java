package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SlotTest {
  private static final long MILLI = Duration.ofMillis(1).toNanos();

  /** Any start of a monotonic clock. */
  private static final long[] BEGINNINGS = {0, 12_345, -7 * MILLI, Long.MAX_VALUE - MILLI};

  @Test
  void anAnswerWithinASlot_leavesAtItsEnd() {
    Slot slot = Slot.ofCustomers(1);
    for (long begun : BEGINNINGS) {
      for (long took : new long[] {0, 1, MILLI, 11 * MILLI - 1}) {
        assertThat(slot.leaves(begun, begun + took) - begun).isEqualTo(11 * MILLI);
      }
      assertThat(slot.leaves(begun, begun + 11 * MILLI) - begun).isEqualTo(22 * MILLI);
    }
  }

  @Test
  void aSlot_growsWithTheNumberOfCustomers() {
    assertThat(Slot.ofCustomers(100).leaves(0, 34 * MILLI)).isEqualTo(110 * MILLI);
  }

  @Test
  void withoutASlot_anAnswerLeavesWhenItIsReady() {
    assertThat(Slot.NONE.leaves(3, 7)).isEqualTo(7);
  }
}
