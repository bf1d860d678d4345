package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.LoggedEntries;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another process blocks writes to the database. */
@Timeout(120)
final class BlockedWriterIT {
  private static final String ANN = "17850";
  private static final Map<String, String> HASTY =
      Map.of("CONTEXTKEEP_STORE_DEADLINE_MILLIS", "1000");

  @TempDir Path dir;

  @Test
  void whileAnotherProcessHoldsTheWriteLock_readsAreRefused_andAfterwardsAnswered()
      throws Exception {
    try (LiveVault vault = LiveVault.start(dir, HASTY);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      vault.furnish(ANN);
      try (Connection foreign = Evidence.open(vault.database());
          Statement lock = foreign.createStatement()) {
        lock.execute("BEGIN IMMEDIATE");
        List<Future<Answer>> asked = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
          asked.add(threads.submit(() -> vault.parties().ask(ANN)));
        }
        // All are answered while the lock is still held.
        for (Future<Answer> one : asked) {
          assertThat(one.get().unavailable().body()).doesNotContain("France");
        }
        vault.parties().write(ANN, "country", "\"Spain\"").unavailable();
        lock.execute("ROLLBACK");
      }
      vault.read(ANN);
      assertThat(vault.parties().view(ANN).ok().body()).contains("France").doesNotContain("Spain");
    }
  }

  @Test
  void aDatabaseThatTurnedReadOnly_refusesReads_untilItIsWritableAgain() throws Exception {
    try (LiveVault vault = LiveVault.start(dir, HASTY)) {
      vault.furnish(ANN);
      vault.read(ANN);
      long size = size(vault);
      LiveVault.betweenTransactions(vault.db(), "PRAGMA query_only = ON");
      for (int i = 0; i < 20; i++) {
        assertThat(vault.parties().ask(ANN).unavailable().body()).doesNotContain("France");
      }
      assertThat(size(vault)).isEqualTo(size);
      LiveVault.betweenTransactions(vault.db(), "PRAGMA query_only = OFF");
      vault.read(ANN);
    }
  }

  @Test
  void aHangingWriter_isNotWaitedForBeyondTheDeadline_andRefusedWritesNeverHappen()
      throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (LiveVault vault = LiveVault.start(dir, HASTY);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      vault.furnish(ANN);
      long size = size(vault);
      Future<?> hanging =
          threads.submit(
              () ->
                  vault
                      .db()
                      .inWrite(
                          c -> {
                            hangs.countDown();
                            return await(release);
                          }));
      hangs.await();
      try {
        assertThat(vault.parties().ask(ANN).unavailable().body()).doesNotContain("France");
        vault.parties().write(ANN, "country", "\"Spain\"").unavailable();
        vault.parties().withdraw(ANN).unavailable();
      } finally {
        release.countDown();
      }
      assertThatThrownBy(hanging::get).hasCauseInstanceOf(StoreUnavailable.class);
      vault.read(ANN);
      assertThat(vault.parties().view(ANN).ok().body()).contains("France").doesNotContain("Spain");
      assertThat(size(vault)).isEqualTo(size + 2);
    }
  }

  private static int await(CountDownLatch latch) {
    try {
      latch.await();
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the number of entries without the index's roots, which the vault records itself. */
  private static long size(LiveVault vault) {
    return vault
        .db()
        .<Long>inRead(c -> LoggedEntries.count(c, entry -> !entry.type().equals("map-root")));
  }
}
