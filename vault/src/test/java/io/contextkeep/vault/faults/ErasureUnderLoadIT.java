package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.ChangesAtOnce;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Erasures during reads and writes are complete when they are acknowledged. */
@Timeout(120)
final class ErasureUnderLoadIT {
  private static final String BOB = "12347";
  private static final int READERS = 8;
  private static final int ERASURES = 10;
  private static final int EVENTS = 5_000;

  @TempDir Path dir;

  @Test
  void anErasure_completes_whileOthersReadAndWrite() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (LiveVault vault = LiveVault.start(dir, Map.of());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      vault.furnish(BOB);
      List<Future<?>> traffic = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        traffic.add(
            threads.submit(
                () -> {
                  while (!stop.get()) {
                    vault.read(BOB);
                  }
                }));
      }
      try {
        for (int n = 0; n < ERASURES; n++) {
          String number = "n" + n;
          vault.parties().write(number, "country", "\"France\"").ok();
          vault.parties().consent(number).ok();
          vault.parties().erase(number).ok();
          assertThat(vault.parties().ask(number).status()).isEqualTo(403);
        }
      } finally {
        stop.set(true);
      }
      for (Future<?> reader : traffic) {
        reader.get();
      }
    }
  }

  /** Other writes wait for one transaction of bounded size. */
  @Test
  void theTransactionsOfAnErasure_areBounded() throws Exception {
    try (LiveVault vault = LiveVault.start(dir, Map.of())) {
      vault.furnish(BOB);
      long bob = vault.subject(BOB).value();
      vault.db().inWrite(c -> say(c, bob));
      ChangesAtOnce changes = new ChangesAtOnce();
      vault.db().join(changes);
      vault.parties().erase(BOB).ok();
      assertThat(vault.db().<Long>inRead(c -> count(c, "subject"))).isZero();
      assertThat(vault.db().<Long>inRead(c -> count(c, "consent_event"))).isZero();
      assertThat(changes.all()).isGreaterThan(EVENTS);
      assertThat(changes.max()).isLessThan(EVENTS / 5);
    }
  }

  private static int say(Connection c, long subject) throws SQLException {
    return Sql.update(
        c,
        """
        INSERT INTO consent_event
          (subject, purpose, recipient, status, explicit, notice, language, method, at, said_by)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        SELECT subject, purpose, recipient, iif(i % 2 = 0, 'GIVEN', 'WITHDRAWN'), explicit, notice,
          language, method, at - i * 1000, said_by
        FROM consent_event, n WHERE subject = ?\
        """,
        EVENTS,
        subject);
  }

  @Test
  void anErasure_waitsForEarlierReaders() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (LiveVault vault = LiveVault.start(dir, Map.of());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      vault.furnish(BOB);
      CountDownLatch begun = new CountDownLatch(1);
      threads.submit(() -> vault.db().inRead(c -> readUntil(c, begun, done)));
      begun.await();
      Future<Answer> erased = threads.submit(() -> vault.parties().erase(BOB));
      try {
        while (vault.db().<Long>inRead(ErasureUnderLoadIT::values) > 0) {
          Thread.sleep(1);
        }
        // Two writes take their turn, so the first try to empty the log has failed.
        for (int i = 0; i < 2; i++) {
          vault.db().inWrite(c -> Sql.update(c, "UPDATE subject SET restricted = restricted"));
        }
        assertThat(erased.isDone()).isFalse();
      } finally {
        done.countDown();
      }
      erased.get().ok();
    }
  }

  private static int readUntil(Connection c, CountDownLatch begun, CountDownLatch done)
      throws SQLException {
    values(c);
    begun.countDown();
    try {
      done.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return 0;
  }

  private static long values(Connection c) throws SQLException {
    return count(c, "value");
  }

  private static long count(Connection c, String table) throws SQLException {
    return Sql.one(c, "SELECT count(*) FROM " + table, row -> row.getLong(1)).orElseThrow();
  }
}
