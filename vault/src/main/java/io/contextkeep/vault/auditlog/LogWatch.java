package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.EntryCounts;
import io.contextkeep.audit.LogStore;
import io.contextkeep.vault.ops.Metrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * The metric of durable entries by type. It is confined to the writer's thread. If it cannot count,
 * it skips the entries, as no commit may fail for a metric.
 */
final class LogWatch implements LogStore.Participant {
  private final Metrics metrics;
  private final EntryCounts counts = new EntryCounts();
  private Map<String, Long> pending = Map.of();
  private long next;

  /**
   * Makes the metric.
   *
   * @param next the index of the first entry to count
   */
  public LogWatch(Metrics metrics, long next) {
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void committing(Connection c) {
    try {
      pending = counts.from(c, next);
    } catch (SQLException uncounted) {
      pending = Map.of();
    }
  }

  @Override
  public void committed() {
    for (Map.Entry<String, Long> type : pending.entrySet()) {
      metrics.appended(type.getKey(), type.getValue());
      next += type.getValue();
    }
    pending = Map.of();
  }

  @Override
  public void rolledBack() {
    pending = Map.of();
  }
}
