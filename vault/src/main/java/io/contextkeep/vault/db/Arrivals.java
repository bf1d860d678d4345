package io.contextkeep.vault.db;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The writes that are on their way to a database's writer. A transaction waits a moment for them,
 * because they share its cost: as PostgreSQL's {@code commit_delay} does where {@code
 * commit_siblings} are active, but only for writes that were announced.
 */
public final class Arrivals {
  private static final ScopedValue<AtomicBoolean> ANNOUNCED = ScopedValue.newInstance();

  private final AtomicInteger coming = new AtomicInteger();

  Arrivals() {}

  /** Announces work that will write within moments; {@link #run} must follow. */
  public void announce() {
    coming.incrementAndGet();
  }

  /** Runs announced work, on any thread. With its first write, or its end, it has arrived. */
  public void run(Runnable work) {
    AtomicBoolean announced = new AtomicBoolean(true);
    try {
      ScopedValue.where(ANNOUNCED, announced).run(work);
    } finally {
      arrived(announced);
    }
  }

  /** Notes that the announced work of this thread, if it is any, has its write in the queue. */
  void arrived() {
    if (ANNOUNCED.isBound()) {
      arrived(ANNOUNCED.get());
    }
  }

  private void arrived(AtomicBoolean announced) {
    if (announced.compareAndSet(true, false)) {
      coming.decrementAndGet();
    }
  }

  boolean areComing() {
    return coming.get() > 0;
  }
}
