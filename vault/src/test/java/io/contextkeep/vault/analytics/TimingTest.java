package io.contextkeep.vault.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class TimingTest {
  private static final long SLOT = Duration.ofMillis(100).toNanos();
  private static final Timing TIMING = new Timing(Duration.ofHours(1), Duration.ofNanos(SLOT));

  /** The time of answers, which must not distinguish an empty vault from a full one. */
  @Test
  void scansThatEndInOneSlot_areAnsweredAtTheSameTime() {
    Random random = new Random(7);
    for (long begun : new long[] {0, 1, SLOT - 1, -3 * SLOT, Long.MAX_VALUE - 5 * SLOT}) {
      long slot = begun - Math.floorMod(begun, SLOT);
      long room = slot + SLOT - begun;
      assertThat(
              LongStream.generate(() -> random.nextLong(room))
                  .limit(1_000)
                  .map(took -> begun + took)
                  .mapToObj(ready -> ready + TIMING.rest(ready))
                  .collect(Collectors.toSet()))
          .containsExactly(slot + SLOT);
    }
  }

  @Test
  void anAnswer_alwaysWaits_butNoLongerThanASlot() {
    for (long ready = -3 * SLOT; ready < 3 * SLOT; ready += SLOT / 7) {
      assertThat(TIMING.rest(ready)).isBetween(1L, SLOT);
    }
    assertThat(TIMING.rest(SLOT)).isEqualTo(SLOT);
  }

  @Test
  void epochs_followEachOtherByTheirLength() {
    Epoch epoch = TIMING.at(Instant.parse("2026-11-25T09:59:59.999Z"));
    assertThat(epoch.from()).isEqualTo("2026-11-25T09:00:00Z");
    assertThat(epoch.until()).isEqualTo("2026-11-25T10:00:00Z");
    assertThat(TIMING.at(epoch.until()).from()).isEqualTo(epoch.until());
  }

  /** Checks that epoch numbers are unique; otherwise an old answer would be repeated. */
  @Test
  void epochNumbers_areUnique_evenAfterAChangeOfTheLength() {
    Instant now = Instant.parse("2026-11-25T09:59:59.999Z");
    for (int minutes = 1; minutes <= 44_640; minutes += 13) {
      Epoch epoch = new Timing(Duration.ofMinutes(minutes), Duration.ofSeconds(1)).at(now);
      assertThat(epoch.from()).isBeforeOrEqualTo(now).isAfter(now.minus(epoch.length()));
      assertThat(Instant.ofEpochSecond(epoch.number() * 60)).isEqualTo(epoch.from());
    }
  }

  @Test
  void aTimingWithoutALength_isRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Timing(second, second))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Timing(Duration.ofHours(1), Duration.ofNanos(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
