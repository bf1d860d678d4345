package io.contextkeep.vault.graph;

import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.PiiRefused;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.provenance.Batches;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that keeps the graph up to date with the database. It runs after commits, but at most
 * once per {@link #PAUSE} and for at most half of the time, so that many events share one commit,
 * which is expensive in the graph.
 *
 * <p>Nothing waits for it. A failure to write the graph affects no consent and no read: it is
 * logged, shows in {@link #lag} and is retried, and a graph that keeps failing is rebuilt. The
 * thread must not be interrupted ({@link io.contextkeep.ontology.Graphs}).
 */
public final class Projector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Projector.class);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(1);
  private static final Duration CLOSING = Duration.ofSeconds(60);

  /** The number of failures in a row, other than the database's, after which it is rebuilt. */
  private static final int FAULTY = 3;

  private final Origin origin;
  private final Path path;
  private final SecureRandom random;
  private final Thread thread;
  private final Lending lending = new Lending();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private boolean committed = true;
  private boolean settled;

  /** True if a caller waits: the next round does not rest first, unless the last one failed. */
  private boolean awaited;

  private boolean closed;

  // Confined to the thread.
  private final Newest atStart;
  private boolean opened;
  private @Nullable Session session;
  private int failures;
  private int faults;

  private Projector(Origin origin, Path path, SecureRandom random, ThreadFactory threads) {
    this.origin = origin;
    this.path = path;
    this.random = random;
    this.atStart = origin.newest();
    this.thread = threads.newThread(this::projectUntilClosed);
  }

  /**
   * Returns a projector that is not started yet. It records the newest rows of the database, so it
   * must be made before any write.
   */
  public static Projector of(
      Db db,
      Batches batches,
      Path directory,
      SecureRandom random,
      ThreadFactory threads,
      InstantSource clock) {
    Origin origin = new Origin(db, batches, clock);
    Projector projector = new Projector(origin, directory, random, threads);
    db.join(projector.new Commits());
    return projector;
  }

  /** Starts the thread, which needs about a second to open the graph. */
  public void start() {
    thread.start();
  }

  /**
   * Returns a runner of queries on the graph.
   *
   * @param threads makes a thread for each query, which is never interrupted
   * @param time the longest time of a query
   */
  public GraphQueries queries(ExecutorService threads, Duration time) {
    return new GraphQueries(lending, threads, time);
  }

  /** Returns what the graph lacks now. */
  public Lag lag() {
    return origin.lag();
  }

  /**
   * Waits until the graph lacks nothing and erased customers are gone from the files; returns false
   * if that takes longer.
   */
  public boolean awaitCaughtUp(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    // The database is asked without the lock, for which each of its commits waits.
    while (!isSettled() || !lag().isNone()) {
      if (!awaitRound(end)) {
        return false;
      }
    }
    return true;
  }

  private boolean isSettled() {
    lock.lock();
    try {
      return settled;
    } finally {
      lock.unlock();
    }
  }

  /** Asks for a round and waits a moment for its end; returns false if time is up. */
  private boolean awaitRound(long end) {
    lock.lock();
    try {
      awaited = true;
      changed.signalAll();
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      changed.awaitNanos(Math.min(left, PAUSE.toNanos()));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void projectUntilClosed() {
    while (begin()) {
      long begun = System.nanoTime();
      Session.Left left = new Session.Left(false, true);
      try {
        left = session().work();
        failures = 0;
        faults = 0;
      } catch (RuntimeException | Error e) {
        failed(e);
      }
      end(left.isNothing());
      if (!left.more()) {
        rest(pause(System.nanoTime() - begun), left.later());
      }
    }
    closeSession();
  }

  private Session session() {
    Session open = session;
    if (open == null) {
      Newest known = opened ? origin.newest() : atStart;
      open = Session.open(origin, path, lending, known, random, faults >= FAULTY);
      session = open;
      opened = true;
    }
    return open;
  }

  private void failed(Throwable e) {
    failures++;
    LOG.atError()
        .addKeyValue("thrown", e.getClass().getName())
        .addKeyValue("at", e.getStackTrace().length == 0 ? "unknown" : e.getStackTrace()[0])
        .addKeyValue("failures", failures)
        .log("the graph could not be updated");
    if (!(e instanceof PiiRefused || e instanceof StoreUnavailable)) {
      faults++;
      closeSession();
    }
  }

  private void closeSession() {
    try (Session open = session) {
      LOG.atDebug().addKeyValue("open", open != null).log("closing the graph");
    } catch (RuntimeException | Error e) {
      LOG.atError().addKeyValue("thrown", e.getClass().getName()).log("the graph did not close");
    }
    session = null;
  }

  private long pause(long took) {
    long doubled = PAUSE.toNanos() << Math.min(20, 2 * failures);
    return Math.min(Math.max(doubled, took), MAX_PAUSE.toNanos());
  }

  /** Begins a round, unless the projector is closed. */
  private boolean begin() {
    lock.lock();
    try {
      committed = false;
      settled = false;
      awaited = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void end(boolean isSettled) {
    lock.lock();
    try {
      settled = isSettled;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Rests, and then waits for a commit or a caller unless work is left. */
  private void rest(long nanos, boolean left) {
    lock.lock();
    try {
      long remaining = nanos;
      while (!closed && remaining > 0 && !(awaited && failures == 0)) {
        remaining = changed.awaitNanos(remaining);
      }
      while (!closed && !committed && !awaited && !left) {
        changed.await();
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Finishes the current round; the next start continues from there. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(CLOSING)) {
        LOG.atWarn().log("the graph is still being written: the next start finishes it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The listener on the database's writer, which must be quick. */
  private final class Commits implements LogStore.Participant {
    @Override
    public void committed() {
      lock.lock();
      try {
        committed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void rolledBack() {}
  }

  /**
   * The numbers of rows that the graph lacks, and of erased customers that are still in its files.
   */
  public record Lag(
      long consents, long batches, long releases, long removals, long accesses, long erasures) {

    public boolean isNone() {
      return consents == 0
          && batches == 0
          && releases == 0
          && removals == 0
          && accesses == 0
          && erasures == 0;
    }
  }
}
