package io.contextkeep.vault.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.db.Db.WriteWatch;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watcher of the writer, which learns the outcome of each transaction and cannot affect it. */
final class WriteWatchTest {
  @TempDir Path dir;
  private final List<Object> heard = new CopyOnWriteArrayList<>();
  private Db db;

  @BeforeEach
  void open() {
    db =
        Db.open(
            dir.resolve("t.db"),
            List.of("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT;"),
            Thread::new);
    db.watch(
        new WriteWatch() {
          @Override
          public void committed(int works) {
            heard.add(works);
          }

          @Override
          public void failed(RuntimeException why) {
            heard.add(why.getClass());
          }
        });
  }

  @AfterEach
  void close() {
    db.close();
  }

  private int insert(int n) {
    return db.inWrite(c -> Sql.update(c, "INSERT INTO t (n) VALUES (?)", n));
  }

  private long count() {
    return db.<Long>inRead(
        c -> Sql.one(c, "SELECT count(*) FROM t", row -> row.getLong(1)).orElseThrow());
  }

  @Test
  void commitsAndFailures_areReported_withTheirCause() {
    insert(1);
    assertThatThrownBy(() -> insert(1)).isInstanceOf(ConstraintViolated.class);
    db.inWrite(c -> Sql.update(c, "PRAGMA query_only = ON"));
    assertThatThrownBy(() -> insert(2)).isInstanceOf(StoreUnavailable.class);
    assertThat(heard).containsExactly(1, ConstraintViolated.class, 1, StoreUnavailable.class);
  }

  @Test
  void aThrowingWatcher_undoesAndRepeatsNothing() {
    db.watch(
        new WriteWatch() {
          @Override
          public void committed(int works) {
            throw new IllegalStateException("planted");
          }

          @Override
          public void failed(RuntimeException why) {
            throw new IllegalStateException("planted");
          }
        });
    insert(1);
    assertThatThrownBy(() -> insert(1)).isInstanceOf(ConstraintViolated.class);
    insert(2);
    assertThat(count()).isEqualTo(2);
  }
}
