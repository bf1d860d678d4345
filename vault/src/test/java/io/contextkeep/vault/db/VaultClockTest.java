package io.contextkeep.vault.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vault's time while the host's clock steps back, jumps and stands still. */
final class VaultClockTest {
  private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration YEARS = Duration.ofDays(3650);

  private final AtomicLong host = new AtomicLong(START.toEpochMilli());

  @TempDir private Path dir;
  private Db db;
  private VaultClock clock;

  @BeforeEach
  void open() {
    db = Db.open(dir.resolve("t.db"), Schema.migrations(), Thread::new);
    clock = VaultClock.of(db, () -> Instant.ofEpochMilli(host.get()));
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void aClockThatGoesForward_isFollowed() {
    assertThat(clock.instant()).isEqualTo(START);
    host(HOUR);
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
    host(YEARS);
    assertThat(clock.instant()).isEqualTo(START.plus(YEARS));
    assertThat(clock.behind()).isZero();
  }

  @Test
  void aStepBack_isNotFollowed_andIsCaughtUpAtHalfSpeed() {
    clock.instant();
    host(HOUR.negated());
    assertThat(clock.instant()).isEqualTo(START);
    assertThat(clock.behind()).isEqualTo(HOUR);
    host(Duration.ZERO);
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR.dividedBy(2)));
    host(HOUR);
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
    assertThat(clock.behind()).isZero();
    host(HOUR.multipliedBy(2));
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR.multipliedBy(2)));
  }

  @Test
  void manySmallReadings_catchUpWithAStepBackToo() {
    clock.instant();
    host(Duration.ofMillis(-100));
    for (int i = -100; i <= 100; i++) {
      host(Duration.ofMillis(i));
      clock.instant();
    }
    assertThat(clock.behind()).isZero();
    assertThat(clock.instant()).isEqualTo(START.plusMillis(100));
  }

  @Test
  void aRestartWithTheClockBehind_continuesFromTheNewestStoredTime() {
    host(HOUR);
    use();
    host(HOUR.negated());
    restart();
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
    host(YEARS.negated());
    restart();
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
    assertThat(clock.behind()).isEqualTo(YEARS.plus(HOUR));
  }

  @Test
  void aClockThatJumpedAheadByYears_andReturns_isFollowedBack() {
    use();
    host(YEARS);
    use();
    host(HOUR);
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
    assertThat(clock.behind()).isZero();
  }

  @Test
  void aReturnOverARestart_isFollowedBack() {
    use();
    host(YEARS);
    restart();
    use();
    host(YEARS.plus(HOUR));
    use();
    host(HOUR);
    restart();
    use();
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
    restart();
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
  }

  /** Checks that several jumps return to the time before the first one. */
  @Test
  void aClockThatJumpedTwice_returnsToBeforeTheFirstJump() {
    use();
    host(YEARS);
    use();
    host(YEARS.multipliedBy(2));
    use();
    host(HOUR);
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
  }

  /** Checks that a clock that was reset, as by an empty battery, is not followed. */
  @Test
  void aClockBehindAllStoredTimes_isNotFollowed() {
    use();
    host(Duration.ofDays(14));
    use();
    host(YEARS.negated());
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofDays(14)));
  }

  /**
   * Checks that a jump is accepted after some time; otherwise a pause of the vault would let its
   * time be turned back later.
   */
  @Test
  void aJumpThatPersists_isAccepted() {
    use();
    host(YEARS);
    use();
    for (int day = 1; day <= 31; day++) {
      host(YEARS.plusDays(day));
      use();
    }
    host(HOUR);
    assertThat(clock.instant()).isEqualTo(START.plus(YEARS).plus(Duration.ofDays(31)));
  }

  /**
   * Checks that irreversible work waits for a day after a jump, in which the host's clock may
   * return.
   */
  @Test
  void theSettledTime_continuesFromBeforeAJump_forADay() {
    use();
    host(YEARS);
    assertThat(clock.settled().instant()).isEqualTo(START);
    host(YEARS.plusHours(23));
    assertThat(clock.settled().instant()).isEqualTo(START.plusSeconds(23 * 3600));
    host(YEARS.plusHours(24));
    assertThat(clock.settled().instant()).isEqualTo(START.plus(YEARS).plusSeconds(24 * 3600));
    assertThat(clock.settled().instant()).isEqualTo(clock.instant());
  }

  @Test
  void theSettledTime_overARestartAndAReturn_isNeverAheadOfTheHost() {
    use();
    host(YEARS);
    restart();
    assertThat(clock.settled().instant()).isEqualTo(START);
    use();
    host(YEARS.plus(HOUR));
    restart();
    assertThat(clock.settled().instant()).isBetween(START, START.plus(HOUR));
    host(HOUR.multipliedBy(2));
    assertThat(clock.settled().instant()).isEqualTo(START.plus(HOUR.multipliedBy(2)));
  }

  /** Checks that a vault that runs rarely is late by one pause, not by all of them. */
  @Test
  void theSettledTimeOfARarelyRunningVault_isLateByOnePause() {
    Duration pause = Duration.ofDays(5);
    for (int i = 0; i < 4; i++) {
      host(pause.multipliedBy(i));
      use();
    }
    assertThat(clock.settled().instant()).isEqualTo(START.plus(pause.multipliedBy(2)));
  }

  private void host(Duration sinceStart) {
    host.set(START.plus(sinceStart).toEpochMilli());
  }

  /** A write that takes its time from the clock. */
  private void use() {
    clock.instant();
    db.inWrite(_ -> 0);
  }

  private void restart() {
    db.close();
    open();
  }
}
