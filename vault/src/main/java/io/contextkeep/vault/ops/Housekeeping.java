package io.contextkeep.vault.ops;

import io.contextkeep.vault.store.Erasure;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a vault does by itself, now and then. What fails is logged and done again next time. */
public final class Housekeeping implements AutoCloseable {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final ScheduledExecutorService scheduler;
  private final Runnable clock;

  private Housekeeping(ScheduledExecutorService scheduler, Runnable clock) {
    this.scheduler = scheduler;
    this.clock = clock;
  }

  /**
   * @param requests deletes the cases that the register need not show any more
   * @param clock keeps the vault's time, now and then and at the end
   * @param sweep how often what is too old is looked for
   */
  public static Housekeeping start(
      ScheduledExecutorService scheduler,
      Erasure erasure,
      Retention retention,
      AuditRetention auditRetention,
      Runnable requests,
      Runnable clock,
      Duration sweep) {
    Housekeeping housekeeping = new Housekeeping(scheduler, clock);
    housekeeping.every(MINUTE, "clock", clock);
    housekeeping.every(MINUTE, "erasures", erasure::resumeUnfinished);
    housekeeping.every(sweep, "retention", retention::sweep);
    housekeeping.every(sweep, "audit-retention", auditRetention::sweep);
    housekeeping.every(sweep, "requests", requests);
    return housekeeping;
  }

  private void every(Duration time, String what, Runnable task) {
    long delay = time.toMillis();
    var unused =
        scheduler.scheduleWithFixedDelay(
            () -> carefully(what, task),
            Math.min(delay, MINUTE.toMillis()),
            delay,
            TimeUnit.MILLISECONDS);
  }

  private static void carefully(String what, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      // Thrown out of here, it would be the last run of all.
      LOG.atWarn()
          .addKeyValue("task", what)
          .addKeyValue("thrown", e.getClass().getName())
          .log("housekeeping failed");
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
    try {
      if (!scheduler.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("housekeeping does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    carefully("clock", clock);
  }
}
