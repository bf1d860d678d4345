package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.StoredTiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log under load that is killed again and again, {@code -Dfaults.log.rounds=200} times for a long
 * run: all its receipts stay valid, and it never shows two histories.
 */
@Timeout(1_800)
@Order(1)
final class LogKillIT {
  private static final int ROUNDS = Integer.getInteger("faults.log.rounds", 2);
  private static final int ROUNDS_MORE = 30;
  private static final int WRITERS = 16;

  /** The most receipts until a kill; most rounds have fewer, since each verifies the log. */
  private static final int MAX_RECEIPTS = ROUNDS > 50 ? 80 : 400;

  @TempDir Path dir;

  @Test
  void everyReceiptSurvivesTheKill_andAllCheckpointsAreOfOneHistory() throws Exception {
    killAgainAndAgain(ROUNDS, _ -> true);
  }

  /** Kills before, in and after transactions that prune. */
  @Test
  void duringPruning_noReceiptIsLost_andTheAccountsAreCorrect() throws Exception {
    killAgainAndAgain(Math.max(2, ROUNDS / 10), LogKillIT::isPruned, LogProgram.PRUNE);
  }

  private static boolean isPruned(LogProgram.Opened opened) {
    return opened.db().<Long>inRead(StoredTiles::minimum) > 0;
  }

  /**
   * Kills at random times.
   *
   * @param reached the state that the log must reach, within a few more rounds
   */
  private void killAgainAndAgain(int rounds, Predicate<LogProgram.Opened> reached, String... more)
      throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    History history = new History();
    long given = 0;
    boolean enough = false;
    for (int round = 0; !enough; round++) {
      assertThat(round).as("seed %s", seed).isLessThan(rounds + ROUNDS_MORE);
      try (ChildLog log =
          ChildLog.start(
              dir.resolve("log"),
              List.of(),
              dir.resolve("errors"),
              WRITERS,
              Integer.MAX_VALUE,
              more)) {
        log.await(1 + random.nextInt(MAX_RECEIPTS));
        LockSupport.parkNanos(random.nextInt(3_000_000));
        log.kill();
        assertThat(log.done()).as("seed %s", seed).isFalse();
        assertThat(log.receipts()).as("seed %s", seed).isNotEmpty();
        given += log.receipts().size();
        try (LogProgram.Opened opened = LogProgram.Opened.at(dir.resolve("log"))) {
          history.holds(opened, log.receipts());
          assertThat(opened.log().size()).isGreaterThan(given);
          enough = round + 1 >= rounds && reached.test(opened);
        }
      }
    }
  }
}
