package io.contextkeep.vault.ops;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.VerifiableIndex;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the audit log to the world, about once a second: first the index of labels records its
 * root, if there is news, then the checkpoint over it is cosigned. No request waits for it; what
 * fails is logged and made up for by the next time.
 */
public final class Publisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final ScheduledExecutorService scheduler;
  private final VerifiableIndex index;
  private final AuditLog log;

  private Publisher(ScheduledExecutorService scheduler, VerifiableIndex index, AuditLog log) {
    this.scheduler = scheduler;
    this.index = index;
    this.log = log;
  }

  public static Publisher start(
      ScheduledExecutorService scheduler, VerifiableIndex index, AuditLog log) {
    Publisher publisher = new Publisher(scheduler, index, log);
    var unused = scheduler.scheduleWithFixedDelay(publisher::publish, 1, 1, TimeUnit.SECONDS);
    return publisher;
  }

  /** Does now what is done every second. */
  public void publish() {
    carefully("the index's root was not recorded", index::update);
    carefully("the checkpoint was not published", log::publish);
  }

  /** Thrown out of the scheduler, an exception would make this the last time of all. */
  private static void carefully(String otherwise, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log(otherwise);
    }
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
