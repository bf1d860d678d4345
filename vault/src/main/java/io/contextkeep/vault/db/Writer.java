package io.contextkeep.vault.db;

import io.contextkeep.audit.LogStore.Participant;
import io.contextkeep.audit.LogStore.Work;
import io.contextkeep.audit.StoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/**
 * The one thread that writes. It takes whatever queued up during the last fsync and commits it as
 * one transaction, so that the price of durability is shared; there is no timer, so nobody waits
 * for company.
 *
 * <p>A work that fails takes nobody with it: the batch is rolled back and each of its works is run
 * again in a transaction of its own, where only the guilty one fails.
 */
final class Writer implements AutoCloseable {
  private static final int MAX_BATCH = 256;

  /**
   * A transaction that has taken so long takes in no more works: whoever comes now waits for no
   * more than this, its commit and one work.
   */
  private static final long MAX_BATCH_NANOS = Duration.ofMillis(25).toNanos();

  /** The primary result code, in the low byte of every extended one. */
  private static final int SQLITE_CONSTRAINT = 19;

  /** One caller's work and where its outcome is waited for. */
  private static final class Job<T> {
    final Work<T> work;

    /** Whether it runs between transactions instead of in one. */
    final boolean alone;

    final Duration patience;
    final CompletableFuture<T> outcome = new CompletableFuture<>();
    final AtomicBoolean started = new AtomicBoolean();
    final long since = System.nanoTime();
    @Nullable T result;

    Job(Work<T> work, boolean alone, Duration patience) {
      this.work = work;
      this.alone = alone;
      this.patience = patience;
    }

    void run(Connection connection) throws SQLException {
      result = work.run(connection);
    }

    boolean isOverdue() {
      return System.nanoTime() - since > patience.toNanos();
    }

    /** Tells whoever waits that it took too long. What has not started yet never will. */
    void giveUp() {
      String outcome = started.compareAndSet(false, true) ? "it was dropped" : "it may yet be";
      this.outcome.completeExceptionally(
          new StoreUnavailable("The write was not durable in time; " + outcome));
    }

    @SuppressWarnings(
        "NullAway") // The result is what the work gave: null only if the work gave it.
    void succeed() {
      outcome.complete(result);
    }
  }

  private final Connection connection;
  private final OpenedFile file;
  private final BlockingQueue<Job<?>> queue;
  private final Queue<Job<?>> urgent = new ConcurrentLinkedQueue<>();
  private final Semaphore arrived = new Semaphore(0);
  private final List<Participant> participants = new CopyOnWriteArrayList<>();
  private final Duration deadline;
  private final Thread thread;
  private final Queue<Job<?>> underWay = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;
  private volatile WriteWatch watch = WriteWatch.NONE;

  Writer(
      Connection connection,
      OpenedFile file,
      int capacity,
      Duration deadline,
      ThreadFactory threads) {
    this.connection = connection;
    this.file = file;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.deadline = deadline;
    this.thread = threads.newThread(this::writeUntilClosed);
    thread.start();
    threads.newThread(this::watchUntilClosed).start();
  }

  void join(Participant participant) {
    participants.add(participant);
  }

  void watch(WriteWatch watch) {
    this.watch = watch;
  }

  /** How many writes wait for the next transaction. */
  int queued() {
    return queue.size() + urgent.size();
  }

  <T> T write(Work<T> work) {
    return done(new Job<>(work, false, deadline));
  }

  /** Runs the work between transactions: for what SQLite does in none, such as a checkpoint. */
  <T> T alone(Work<T> work) {
    return alone(work, deadline);
  }

  /** The same for what takes longer than anybody else would wait. */
  <T> T alone(Work<T> work, Duration patience) {
    return done(new Job<>(work, true, patience));
  }

  private <T> T done(Job<T> job) {
    if (closed || !(Db.isUrgent() ? urgent : queue).offer(job)) {
      throw new StoreUnavailable(closed ? "The store is closed" : "Too many writes are waiting");
    }
    arrived.release();
    try {
      return job.outcome.get();
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("Interrupted while waiting for a write", e);
    }
  }

  /**
   * Keeps the deadline for all: a timer for each of them would be set and cancelled thousands of
   * times a second.
   */
  private void watchUntilClosed() {
    while (thread.isAlive()) {
      try {
        thread.join(deadline.dividedBy(20));
      } catch (InterruptedException e) {
        return;
      }
      waiting().filter(Job::isOverdue).forEach(Job::giveUp);
    }
  }

  private Stream<Job<?>> waiting() {
    return Stream.of(urgent, queue, underWay).flatMap(Collection::stream);
  }

  private void writeUntilClosed() {
    try {
      while (!closed || queued() > 0) {
        writeNext();
      }
    } catch (InterruptedException stopped) {
      // Closing, below, is all there is to do.
    } finally {
      // Whatever ended this loop, nobody may wait for a writer that is no more.
      closed = true;
      waiting().forEach(Job::giveUp);
    }
  }

  /** Whoever gave up waiting has been told that nothing happened: let it be so. */
  private void writeNext() throws InterruptedException {
    underWay.clear();
    if (!arrived.tryAcquire(100, TimeUnit.MILLISECONDS) || queued() == 0) {
      return;
    }
    Job<?> first = next();
    if (!first.started.compareAndSet(false, true)) {
      return;
    }
    underWay.add(first);
    Optional<Job<?>> alone = first.alone ? Optional.of(first) : writeTogether(first);
    alone.ifPresent(this::runAlone);
  }

  /** There is one where any is queued, since only the writer takes them; the urgent come first. */
  private Job<?> next() {
    Job<?> first = urgent.poll();
    return first != null ? first : Objects.requireNonNull(queue.poll(), "a job that is queued");
  }

  /**
   * Writes the job, and others that wait by now, in one transaction.
   *
   * @return a job that was found waiting and is to run alone, after them
   */
  private Optional<Job<?>> writeTogether(Job<?> first) {
    List<Job<?>> batch = new ArrayList<>(List.of(first));
    Optional<Job<?>> alone = Optional.empty();
    int others = Math.min(MAX_BATCH - 1, arrived.availablePermits());
    try {
      long begun = System.nanoTime();
      first.run(connection);
      while (alone.isEmpty()
          && others-- > 0
          && queued() > 0
          && System.nanoTime() - begun < MAX_BATCH_NANOS
          && arrived.tryAcquire()) {
        Job<?> job = next();
        if (job.started.compareAndSet(false, true)) {
          underWay.add(job);
          if (job.alone) {
            alone = Optional.of(job);
          } else {
            batch.add(job);
            job.run(connection);
          }
        }
      }
      commit();
    } catch (Exception | Error e) {
      undone(batch, e);
      return alone;
    }
    durable(batch);
    return alone;
  }

  private void writeAgain(Job<?> job) {
    try {
      job.run(connection);
      commit();
    } catch (Exception | Error e) {
      undone(List.of(job), e);
      return;
    }
    durable(List.of(job));
  }

  private void undone(List<Job<?>> batch, Throwable e) {
    rollBack();
    if (batch.size() == 1) {
      tell(() -> watch.failed(rethrown(e)));
      batch.getFirst().outcome.completeExceptionally(e);
    } else {
      batch.forEach(this::writeAgain);
    }
  }

  /** A participant that fails now stops the writer, and nothing is done twice. */
  private void durable(List<Job<?>> batch) {
    try {
      participants.forEach(Participant::committed);
    } finally {
      tell(() -> watch.committed(batch.size()));
      batch.forEach(Job::succeed);
    }
  }

  /** A watcher's own fault must not undo, or do twice, what is durable. */
  private static void tell(Runnable watcher) {
    try {
      watcher.run();
    } catch (RuntimeException notOurs) {
      // The writer goes on; whoever watches will miss it.
    }
  }

  private void runAlone(Job<?> job) {
    try {
      connection.setAutoCommit(true);
      file.check();
      job.run(connection);
      job.succeed();
    } catch (Exception | Error e) {
      job.outcome.completeExceptionally(e);
    } finally {
      startTransactions();
    }
  }

  private void startTransactions() {
    try {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw new IllegalStateException("The writer cannot go on", e);
    }
  }

  private void commit() throws SQLException {
    for (Participant participant : participants) {
      participant.committing(connection);
    }
    file.check();
    connection.commit();
  }

  private void rollBack() {
    try {
      connection.rollback();
    } catch (SQLException rolledBackAlready) {
      begin();
    }
    participants.forEach(Participant::rolledBack);
  }

  /**
   * On a full disk SQLite rolls back by itself, which the driver does not notice: without a new
   * transaction every statement from then on would be one of its own, and half a change durable.
   */
  private void begin() {
    try {
      Connections.execute(connection, "BEGIN");
    } catch (SQLException e) {
      throw new IllegalStateException("The writer cannot go on", e);
    }
  }

  private static RuntimeException rethrown(@Nullable Throwable cause) {
    return switch (cause) {
      case SQLiteException e when (e.getResultCode().code & 0xff) == SQLITE_CONSTRAINT ->
          new ConstraintViolated(e);
      case SQLException e -> new StoreUnavailable("The write failed: nothing of it remains", e);
      case StoreUnavailable e -> new StoreUnavailable("The write failed", e);
      case RuntimeException e -> e;
      case null, default -> new IllegalStateException("A write failed unexpectedly", cause);
    };
  }

  @Override
  public void close() {
    closed = true;
    // The writer need not wait for a write that does not come.
    arrived.release();
    try {
      thread.join(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
