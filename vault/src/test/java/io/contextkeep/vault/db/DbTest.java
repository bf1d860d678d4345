package io.contextkeep.vault.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.StoreUnavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
  void amongManyWriters_onlyTheGuiltyOneFails() throws Exception {
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

  @Test
  void writesThatQueueTogether_commitTogether() throws Exception {
    AtomicInteger commits = new AtomicInteger();
    db.join(participant(commits, new AtomicInteger()));
    CountDownLatch queued = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(() -> db.inWrite(c -> await(queued)));
      Thread.sleep(100);
      for (int n = 0; n < 50; n++) {
        int row = n;
        threads.submit(() -> db.inWrite(c -> insert(c, row)));
      }
      Thread.sleep(300);
      queued.countDown();
    }
    assertThat(count()).isEqualTo(50);
    assertThat(commits.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void aFailedWrite_leavesNothing_andParticipantsAreTold() {
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
  void aBrokenConstraint_saysSo() {
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
  void aReadOnlyFile_isUnavailable_notHalfWritten() throws Exception {
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
  void aBackup_isACopyOfTheMoment() throws Exception {
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

  /** A write may still be taken in while the writer is about to stop; none is after. */
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
