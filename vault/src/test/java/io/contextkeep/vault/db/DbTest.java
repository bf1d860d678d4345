package io.contextkeep.vault.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.StoreUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DbTest {
  private static final List<String> SCHEMA =
      List.of("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT;");

  @TempDir Path dir;
  private Db db;

  @BeforeEach
  void open() {
    db = Db.open(dir.resolve("t.db"), SCHEMA, Thread::new);
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void amongManyWriters_onlyTheFaultyOneFails() throws Exception {
    List<Callable<Boolean>> writes = new ArrayList<>();
    for (int n = 0; n < 200; n++) {
      int row = n;
      writes.add(
          () -> {
            try {
              db.inWrite(c -> insert(c, row));
              return row != 100;
            } catch (IllegalStateException planted) {
              return row == 100;
            }
          });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> asExpected : threads.invokeAll(writes)) {
        assertThat(asExpected.get()).isTrue();
      }
    }
    assertThat(count()).isEqualTo(199);
  }

  private interface Mischief {
    void with(Path file) throws IOException;
  }

  private void afterwardsNothingIsReadOrWritten(Mischief mischief) throws IOException {
    db.inWrite(c -> insert(c, 1));
    mischief.with(dir.resolve("t.db"));
    assertThatThrownBy(() -> db.inWrite(c -> insert(c, 2))).isInstanceOf(StoreUnavailable.class);
    assertThatThrownBy(this::count).isInstanceOf(StoreUnavailable.class);
    assertThatThrownBy(db::checkInPlace).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void aMovedFile_refusesWrites_untilItIsBack() throws IOException {
    Path away = dir.resolve("away.db");
    afterwardsNothingIsReadOrWritten(file -> Files.move(file, away));
    Files.move(away, dir.resolve("t.db"));
    db.inWrite(c -> insert(c, 3));
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void aDeletedFile_refusesWrites() throws IOException {
    afterwardsNothingIsReadOrWritten(Files::delete);
  }

  @Test
  void aFileReplacedByItsCopy_refusesWrites() throws IOException {
    afterwardsNothingIsReadOrWritten(
        file -> {
          Files.copy(file, dir.resolve("copy.db"));
          Files.move(dir.resolve("copy.db"), file, StandardCopyOption.REPLACE_EXISTING);
        });
  }

  @Test
  void aDeletedWriteAheadLog_refusesWrites() throws IOException {
    afterwardsNothingIsReadOrWritten(_ -> Files.delete(dir.resolve("t.db-wal")));
  }

  @Test
  void aReplacedFile_isNotOpenedForAnotherReader() throws Exception {
    Path file = dir.resolve("t.db");
    Path aside = dir.resolve("aside.db");
    db.inRead(
        _ -> {
          moveAndCopyBack(file, aside);
          assertThatThrownBy(() -> db.inRead(c -> c.isValid(1)))
              .isInstanceOf(StoreUnavailable.class)
              .hasMessageContaining("not where it was opened");
          return true;
        });
    Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void moveAndCopyBack(Path file, Path aside) {
    try {
      Files.move(file, aside);
      Files.copy(aside, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void writesThatQueueTogether_commitTogether() throws Exception {
    AtomicInteger commits = new AtomicInteger();
    db.join(participant(commits, new AtomicInteger()));
    CountDownLatch queued = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch begun = new CountDownLatch(1);
      threads.submit(
          () ->
              db.inWrite(
                  c -> {
                    begun.countDown();
                    return await(queued);
                  }));
      begun.await();
      for (int n = 0; n < 50; n++) {
        int row = n;
        threads.submit(() -> db.inWrite(c -> insert(c, row)));
      }
      while (db.queued() < 50) {
        Thread.sleep(1);
      }
      queued.countDown();
    }
    assertThat(count()).isEqualTo(50);
    assertThat(commits.get()).isBetween(1, 2);
  }

  @Test
  void anUrgentWrite_precedesWaitingWrites() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<Integer> order = new CopyOnWriteArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        threads.submit(
            () ->
                db.inWrite(
                    _ -> {
                      begun.countDown();
                      return await(release);
                    }));
        begun.await();
        for (int i = 1; i <= 500; i++) {
          int number = i;
          threads.submit(() -> db.inWrite(_ -> order.add(number)));
        }
        while (db.queued() < 500) {
          Thread.onSpinWait();
        }
        threads.submit(() -> Db.urgently(() -> db.inWrite(_ -> order.add(0))));
        while (db.queued() < 501) {
          Thread.onSpinWait();
        }
      } finally {
        release.countDown();
      }
    }
    assertThat(order).hasSize(501).startsWith(0);
  }

  /** Checks that work that SQLite refuses in a transaction never runs in one. */
  @Test
  void urgentWorkThatRunsAlone_runsBetweenTheTransactionsOfOthers() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int row = 1_000 + i;
        all.add(threads.submit(() -> db.inWrite(c -> insert(c, row))));
        if (i % 20 == 0) {
          all.add(
              threads.submit(
                  () ->
                      Db.urgently(
                          () -> {
                            db.truncateWal();
                            return 0;
                          })));
        }
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  @Test
  void anUrgentRead_waitsForNoOtherReader() throws Exception {
    CountDownLatch busy = new CountDownLatch(4);
    CountDownLatch release = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < 4; i++) {
          threads.submit(
              () ->
                  db.inRead(
                      _ -> {
                        busy.countDown();
                        return await(release);
                      }));
        }
        busy.await();
        int read = Db.urgently(() -> db.<Integer>inRead(_ -> 7));
        assertThat(read).isEqualTo(7);
      } finally {
        release.countDown();
      }
    }
  }

  @Test
  void aFailedWrite_changesNothing_andParticipantsAreNotified() {
    AtomicInteger rollbacks = new AtomicInteger();
    db.join(participant(new AtomicInteger(), rollbacks));
    assertThatThrownBy(
            () ->
                db.inWrite(
                    c -> {
                      insert(c, 1);
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    assertThat(count()).isZero();
    assertThat(rollbacks.get()).isEqualTo(1);
  }

  @Test
  void aViolatedConstraint_isReported() {
    db.inWrite(c -> insert(c, 1));
    assertThatThrownBy(() -> db.inWrite(c -> insert(c, 1))).isInstanceOf(ConstraintViolated.class);
  }

  @Test
  void aReader_seesOneSnapshot() {
    long seen =
        db.inRead(
            c -> {
              long before = count(c);
              db.inWrite(w -> insert(w, 1));
              return count(c) - before;
            });
    assertThat(seen).isZero();
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void aReader_cannotWrite() {
    assertThatThrownBy(() -> db.inRead(c -> insert(c, 1))).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void aReadOnlyFile_isUnavailable_withoutPartialWrites() throws Exception {
    db.inWrite(c -> Sql.update(c, "PRAGMA query_only = ON"));
    assertThatThrownBy(() -> db.inWrite(c -> insert(c, 1))).isInstanceOf(StoreUnavailable.class);
    assertThat(count()).isZero();
  }

  @Test
  void migrations_areAppliedOnce_andANewerSchemaIsRefused() {
    db.inWrite(c -> insert(c, 1));
    db.close();
    List<String> more = List.of(SCHEMA.getFirst(), "CREATE TABLE u (n INTEGER) STRICT;");
    db = Db.open(dir.resolve("t.db"), more, Thread::new);
    assertThat(count()).isEqualTo(1);
    db.close();
    assertThatThrownBy(() -> Db.open(dir.resolve("t.db"), SCHEMA, Thread::new))
        .hasMessageContaining("newer program");
    db = Db.open(dir.resolve("t.db"), more, Thread::new);
  }

  @Test
  void aBackup_isASnapshot() throws Exception {
    db.inWrite(c -> insert(c, 1));
    DbCopy.write(dir.resolve("t.db"), dir.resolve("copy.db"));
    db.inWrite(c -> insert(c, 2));
    try (Db copy = Db.open(dir.resolve("copy.db"), SCHEMA, Thread::new)) {
      assertThat(copy.<Long>inRead(DbTest::count)).isEqualTo(1);
    }
  }

  @Test
  void aParticipantThatFailsAfterTheCommit_stopsTheWriter_andNothingIsDoneTwice() {
    db.join(
        new LogStore.Participant() {
          @Override
          public void committed() {
            throw new IllegalStateException("planted");
          }

          @Override
          public void rolledBack() {}
        });
    db.inWrite(c -> insert(c, 1));
    assertThat(count()).isEqualTo(1);
    assertThatThrownBy(() -> eventually(() -> db.inWrite(c -> insert(c, 2))))
        .isInstanceOf(StoreUnavailable.class);
    assertThat(count()).isEqualTo(1);
  }

  /** A write may still be accepted while the writer is about to stop; none is afterwards. */
  private static void eventually(Runnable write) {
    while (true) {
      write.run();
    }
  }

  @Test
  void truncatingTheWal_leavesItEmpty() throws Exception {
    db.inWrite(c -> insert(c, 1));
    db.truncateWal();
    assertThat(Files.size(dir.resolve("t.db-wal"))).isZero();
    db.inWrite(c -> insert(c, 2));
    assertThat(count()).isEqualTo(2);
  }

  /**
   * Checks the rewriting, since deletion does not overwrite the copies that page splits left of a
   * row.
   */
  @Test
  void afterRewriting_theFileHasNoTraceOfADeletedRow() throws Exception {
    List<String> schema =
        List.of("CREATE TABLE w (k INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT, WITHOUT ROWID;");
    Random random = new Random(1);
    List<Long> rows = new ArrayList<>();
    Path file = dir.resolve("w.db");
    try (Db wide = Db.open(file, schema, Thread::new)) {
      wide.inWrite(
          c -> {
            for (int i = 0; i < 2_000; i++) {
              long key = random.nextLong() >>> 1 | 1L << 60;
              rows.add(key);
              byte[] value = new byte[100 + random.nextInt(200)];
              Sql.update(c, "INSERT INTO w (k, v) VALUES (?, ?)", key, value);
            }
            return 0;
          });
      Collections.shuffle(rows, random);
      List<Long> deleted = rows.subList(0, 500);
      wide.inWrite(
          c -> {
            for (long key : deleted) {
              Sql.update(c, "DELETE FROM w WHERE k = ?", key);
            }
            return 0;
          });
      wide.truncateWal();
      assertThat(found(file, deleted)).as("without rewriting").isNotZero();

      wide.rewrite();
      wide.truncateWal();

      assertThat(found(file, deleted)).isZero();
      assertThat(found(file, rows.subList(500, 2_000))).isEqualTo(1_500);
      assertThat(wide.size()).isEqualTo(Files.size(file));
    }
  }

  private static long found(Path file, List<Long> numbers) throws Exception {
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    return numbers.stream()
        .map(number -> ByteBuffer.allocate(Long.BYTES).putLong(number).array())
        .filter(value -> bytes.contains(new String(value, StandardCharsets.ISO_8859_1)))
        .count();
  }

  private static LogStore.Participant participant(AtomicInteger commits, AtomicInteger rollbacks) {
    return new LogStore.Participant() {
      @Override
      public void committed() {
        commits.incrementAndGet();
      }

      @Override
      public void rolledBack() {
        rollbacks.incrementAndGet();
      }
    };
  }

  private static int await(CountDownLatch latch) {
    try {
      latch.await();
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Inserts the number, but never 100. */
  private static int insert(Connection c, int n) throws java.sql.SQLException {
    int rows = Sql.update(c, "INSERT INTO t (n) VALUES (?)", n);
    if (n == 100) {
      throw new IllegalStateException("planted");
    }
    return rows;
  }

  private long count() {
    return db.inRead(DbTest::count);
  }

  private static long count(Connection c) throws java.sql.SQLException {
    return Sql.one(c, "SELECT count(*) FROM t", row -> row.getLong(1)).orElseThrow();
  }
}
