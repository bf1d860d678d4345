package io.contextkeep.vault.ops;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.WriteWatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Whether the vault should be sent requests: it is not stopping, and its store can write, without
 * which nothing may be answered. How the last commit ended says that; only when none is recent does
 * a question cost a write, and then one for all who ask.
 */
public final class Readiness implements WriteWatch {
  /** How long a commit's outcome speaks for the store. */
  static final Duration RECENT = Duration.ofSeconds(5);

  private record Outcome(boolean well, long at) {}

  private final Db db;
  private final Metrics metrics;
  private final InstantSource clock;
  private final ReentrantLock probing = new ReentrantLock();
  private volatile Outcome last;
  private volatile boolean stopping;
  private volatile Supplier<String> note = () -> "";

  public Readiness(Db db, Metrics metrics, InstantSource clock) {
    this.db = db;
    this.metrics = metrics;
    this.clock = clock;
    this.last = new Outcome(true, clock.millis());
  }

  /** It may write and wait for that, so it must not be called on an event loop. */
  public boolean ready() {
    if (!stopping
        && Math.abs(clock.millis() - last.at()) >= RECENT.toMillis()
        && probing.tryLock()) {
      try {
        db.touch();
      } catch (StoreUnavailable full) {
        last = new Outcome(false, clock.millis());
      } finally {
        probing.unlock();
      }
    }
    return !stopping && last.well();
  }

  /** What is worth knowing though it keeps the vault from nothing, in lines of coded words. */
  public String note() {
    return note.get();
  }

  /** Adds lines to it. */
  public void note(Supplier<String> lines) {
    Supplier<String> before = note;
    note = () -> before.get() + lines.get();
  }

  /** From now on the vault is not ready. */
  public void stopping() {
    stopping = true;
  }

  @Override
  public void committed(int works) {
    metrics.committed(works);
    last = new Outcome(true, clock.millis());
  }

  @Override
  public void failed(RuntimeException why) {
    if (why instanceof StoreUnavailable) {
      metrics.commitFailed();
      last = new Outcome(false, clock.millis());
    }
  }
}
