package io.contextkeep.vault.ops;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Db.WriteWatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The readiness of the vault: it is not stopping, and its store can write, without which no request
 * may be answered. The last commit's outcome shows that; only if there is no recent one does a
 * check cost a write, shared by concurrent requests.
 */
public final class Readiness implements WriteWatch {
  /** The time for which a commit's outcome is valid. */
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

  /** Returns whether the vault is ready. It may write, so it must not run on an event loop. */
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

  /** Returns warnings that do not affect readiness, as lines of coded words. */
  public String note() {
    return note.get();
  }

  /** Adds a source of warnings. */
  public void note(Supplier<String> lines) {
    Supplier<String> before = note;
    note = () -> before.get() + lines.get();
  }

  /** Makes the vault not ready from now on. */
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
