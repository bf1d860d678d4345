package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Under overload, excess requests are refused at once, and accepted ones are completed. */
@Timeout(120)
final class OverloadIT {
  private static final String ANN = "17850";
  private static final int PLACES = 8;

  @TempDir Path dir;

  @Test
  void requestsBeyondTheLimit_areRefused_andTheOthersAnswered() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (LiveVault vault =
            LiveVault.start(dir, Map.of("CONTEXTKEEP_HTTP_MAX_REQUESTS", String.valueOf(PLACES)));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      vault.furnish(ANN);
      threads.submit(() -> vault.db().inWrite(c -> await(release)));
      AtomicInteger turnedAway = new AtomicInteger();
      List<Future<Answer>> asked = new ArrayList<>();
      try {
        for (int i = 0; i < 3 * PLACES; i++) {
          asked.add(threads.submit(() -> ask(vault, turnedAway)));
        }
        while (turnedAway.get() < 2 * PLACES) {
          Thread.sleep(1);
        }
      } finally {
        release.countDown();
      }
      int answered = 0;
      for (Future<Answer> one : asked) {
        answered += vault.answered(one.get()).status() == 200 ? 1 : 0;
      }
      assertThat(answered).isEqualTo(PLACES);
      assertThat(turnedAway.get()).isEqualTo(2 * PLACES);
      vault.read(ANN);
    }
  }

  private static Answer ask(LiveVault vault, AtomicInteger turnedAway) {
    Answer answer = vault.parties().ask(ANN);
    if (answer.status() != 200) {
      assertThat(answer.unavailable().json().path("code").textValue()).isEqualTo("overloaded");
      turnedAway.incrementAndGet();
    }
    return answer;
  }

  @Test
  void writesBeyondTheQueue_fail_andQueuedOnesAreDurable() throws Exception {
    int writes = 6_000;
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger written = new AtomicInteger();
    try (Db db =
        Db.open(
            dir.resolve("t.db"),
            List.of("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT;"),
            Thread::new)) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        threads.submit(() -> db.inWrite(c -> await(release)));
        for (int n = 0; n < writes; n++) {
          int row = n;
          threads.submit(
              () -> {
                try {
                  db.inWrite(c -> Sql.update(c, "INSERT INTO t VALUES (?)", row));
                  written.incrementAndGet();
                } catch (StoreUnavailable full) {
                  refused.incrementAndGet();
                }
              });
        }
        while (refused.get() == 0) {
          Thread.sleep(1);
        }
        release.countDown();
      }
      assertThat(written.get() + refused.get()).isEqualTo(writes);
      assertThat(written.get()).isPositive();
      long rows =
          db.<Long>inRead(
              c -> Sql.one(c, "SELECT count(*) FROM t", row -> row.getLong(1)).orElseThrow());
      assertThat(rows).isEqualTo(written.get());
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
}
