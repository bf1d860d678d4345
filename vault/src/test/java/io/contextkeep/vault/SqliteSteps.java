package io.contextkeep.vault;

import io.contextkeep.audit.LogStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.sqlite.ProgressHandler;

/** SQLite's work in steps of its virtual machine, for tests without clocks. */
public final class SqliteSteps {
  private SqliteSteps() {}

  /** Runs the work on the connection; returns its number of steps. */
  public static <T> long of(Connection c, LogStore.Work<T> work) throws SQLException {
    AtomicLong steps = new AtomicLong();
    ProgressHandler.setHandler(
        c,
        1,
        new ProgressHandler() {
          @Override
          protected int progress() {
            steps.incrementAndGet();
            return 0;
          }
        });
    try {
      work.run(c);
    } finally {
      ProgressHandler.clearHandler(c);
    }
    if (steps.get() == 0) {
      throw new IllegalStateException("Nothing was counted");
    }
    return steps.get();
  }
}
