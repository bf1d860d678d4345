package io.contextkeep.vault;

import io.contextkeep.audit.LogStore;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the rows that transactions change after it joined: in all, and at most. */
public final class ChangesAtOnce implements LogStore.Participant {
  private final AtomicLong all = new AtomicLong();
  private final AtomicLong max = new AtomicLong();
  private long before = -1;

  public long all() {
    return all.get();
  }

  public long max() {
    return max.get();
  }

  @Override
  public void committing(Connection c) throws SQLException {
    long now = Sql.one(c, "SELECT total_changes()", row -> row.getLong(1)).orElseThrow();
    if (before >= 0) {
      all.addAndGet(now - before);
      max.accumulateAndGet(now - before, Math::max);
    }
    before = now;
  }

  @Override
  public void committed() {}

  @Override
  public void rolledBack() {}
}
