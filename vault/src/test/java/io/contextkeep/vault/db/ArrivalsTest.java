package io.contextkeep.vault.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The writes that are on their way, which a transaction waits for. */
final class ArrivalsTest {
  private final Arrivals arrivals = new Arrivals();

  @Test
  void announcedWork_isOnItsWay_untilItsFirstWrite() {
    assertThat(arrivals.areComing()).isFalse();
    arrivals.announce();
    assertThat(arrivals.areComing()).isTrue();
    arrivals.run(
        () -> {
          assertThat(arrivals.areComing()).isTrue();
          arrivals.arrived();
          assertThat(arrivals.areComing()).isFalse();
          arrivals.arrived();
        });
    assertThat(arrivals.areComing()).isFalse();
  }

  @Test
  void workThatFailsBeforeItWrites_isNoLongerOnItsWay() {
    arrivals.announce();
    arrivals.announce();
    assertThatThrownBy(
            () ->
                arrivals.run(
                    () -> {
                      throw new IllegalStateException("no facts");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(arrivals.areComing()).isTrue();
    arrivals.run(() -> {});
    assertThat(arrivals.areComing()).isFalse();
  }

  @Test
  void writesThatNobodyAnnounced_countNothing() {
    arrivals.announce();
    arrivals.arrived();
    assertThat(arrivals.areComing()).isTrue();
  }
}
