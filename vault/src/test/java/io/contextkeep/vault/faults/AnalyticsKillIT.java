package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vault that is killed between charges and releases: charges are kept, and an unanswered question
 * does not get fresh noise. {@code -Dfaults.rounds=200} for long.
 */
@Timeout(3600)
final class AnalyticsKillIT {
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);
  private static final long QUESTION = 10_000_000_000L;
  private static final long LIMIT = 40 * QUESTION;

  @TempDir Path dir;

  @Test
  void aKill_refundsNothing_andAllowsNoSecondDraw() throws Exception {
    ChildVault vault = ChildVault.start(dir);
    try (Parties parties = vault.parties()) {
      parties.furnish();
      parties.budget("0.4").ok();
    }
    long charged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (Parties parties = vault.parties();
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 15; i++) {
          String question = "0.0" + (1000 + round * 100 + i);
          threads.execute(() -> askUntilGone(parties, question));
        }
        while (charges(vault, "1 = 1") <= charged && charged < LIMIT) {
          LockSupport.parkNanos(1_000_000);
        }
        vault.kill();
      }
      vault = ChildVault.start(dir);
      long now = charges(vault, "1 = 1");
      assertThat(now).isBetween(charged, LIMIT);
      charged = now;
      assertThat(charges(vault, "state = 'RUNNING'")).isZero();
      assertThat(charges(vault, "state = 'RELEASED' AND release IS NULL")).isZero();
      assertThat(charges(vault, "state <> 'RELEASED' AND release IS NOT NULL")).isZero();
    }
    vault.close();
    assertThat(charged).isPositive();
  }

  private static void askUntilGone(Parties parties, String rho) {
    try {
      parties.count(rho);
    } catch (RuntimeException killed) {
      // The ledger shows whether it was charged.
    }
  }

  private static long charges(ChildVault vault, String which) throws Exception {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + vault.database());
        Statement s = c.createStatement();
        ResultSet row =
            s.executeQuery("SELECT coalesce(sum(rho), 0) FROM dp_charge WHERE " + which)) {
      return row.getLong(1);
    }
  }
}
