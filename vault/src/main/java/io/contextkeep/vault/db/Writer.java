package io.contextkeep.vault.db;

import io.contextkeep.audit.LogStore.Participant;
import io.contextkeep.audit.LogStore.Work;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.db.Db.WriteWatch;
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
 * The one thread that writes. It commits all works that queued up during the last fsync in one
 * transaction, which shares the cost of durability. No work waits for others, except for a moment
 * for those that were announced.
 *
 * <p>If a work fails, the batch is rolled back and each of its works is run again in a transaction
 * of its own, so that only the faulty one fails.
 */
final class Writer implements AutoCloseable {
  private static final int MAX_BATCH = 256;

  /**
   * The time after which a transaction takes no more works, so that a new work waits no longer than
   * this, the commit and one other work.
   */
  private static final long MAX_BATCH_NANOS = Duration.ofMillis(25).toNanos();

  /** The time for which a transaction waits for works that are on their way. */
  private static final long GATHERING_NANOS = 300_000;

  /** The mask of the primary result code in an extended one. */
  private static final int SQLITE_CONSTRAINT = 19;

  /** A caller's work and its outcome. */
  private static final class Job<T> {
    final Work<T> work;

    /** True if it runs between transactions instead of in one. */
    final boolean alone;

    final Duration timeout;
    final CompletableFuture<T> outcome = new CompletableFuture<>();
    final AtomicBoolean started = new AtomicBoolean();
    final long since = System.nanoTime();
    @Nullable T result;

    Job(Work<T> work, boolean alone, Duration timeout) {
      this.work = work;
      this.alone = alone;
      this.timeout = timeout;
    }

    void run(Connection connection) throws SQLException {
      result = work.run(connection);
    }

    boolean isOverdue() {
      return System.nanoTime() - since > timeout.toNanos();
    }

    /** Fails the job with a timeout. If it has not started, it never will. */
    void giveUp() {
      String outcome =
          started.compareAndSet(false, true) ? "it was dropped" : "it may still be written";
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
  private final Arrivals arrivals = new Arrivals();
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

  Arrivals arrivals() {
    return arrivals;
  }

  /** Returns the number of writes that wait for the next transaction. */
  int queued() {
    return queue.size() + urgent.size();
  }

  <T> T write(Work<T> work) {
    return done(new Job<>(work, false, deadline));
  }

  /** Runs work that SQLite refuses in a transaction, such as a checkpoint. */
  <T> T alone(Work<T> work) {
    return alone(work, deadline);
  }

  /** Runs such work with a separate timeout. */
  <T> T alone(Work<T> work, Duration timeout) {
    return done(new Job<>(work, true, timeout));
  }

  private <T> T done(Job<T> job) {
    if (closed || !(Db.isUrgent() ? urgent : queue).offer(job)) {
      throw new StoreUnavailable(closed ? "The store is closed" : "Too many writes are waiting");
    }
    arrivals.arrived();
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
   * Enforces the deadline of all jobs; a timer for each would be set and cancelled thousands of
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
      // The finally block closes the connection.
    } finally {
      // Whatever ended this loop, no caller may wait for a writer that has ended.
      closed = true;
      waiting().forEach(Job::giveUp);
    }
  }

  /** Drops jobs that timed out, since their callers were told that nothing happened. */
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

  /** Takes the next job, urgent ones first; only the writer takes jobs. */
  private Job<?> next() {
    Job<?> first = urgent.poll();
    return first != null ? first : Objects.requireNonNull(queue.poll(), "a job that is queued");
  }

  /**
   * Runs the job and others that wait in one transaction.
   *
   * @return a waiting job that must run alone, after them
   */
  private Optional<Job<?>> writeTogether(Job<?> first) {
    List<Job<?>> batch = new ArrayList<>(List.of(first));
    Optional<Job<?>> alone = Optional.empty();
    try {
      long begun = System.nanoTime();
      first.run(connection);
      while (alone.isEmpty()
          && batch.size() < MAX_BATCH
          && System.nanoTime() - begun < MAX_BATCH_NANOS
          && hasAnother(begun)) {
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

  /** Takes the turn of another job, which waits or arrives in time. */
  private boolean hasAnother(long begun) throws InterruptedException {
    long left = begun + GATHERING_NANOS - System.nanoTime();
    boolean another =
        arrived.tryAcquire()
            || left > 0 && arrivals.areComing() && arrived.tryAcquire(left, TimeUnit.NANOSECONDS);
    return another && queued() > 0;
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

  /** Notifies the participants; one that fails now stops the writer, so no work is done twice. */
  private void durable(List<Job<?>> batch) {
    try {
      participants.forEach(Participant::committed);
    } finally {
      tell(() -> watch.committed(batch.size()));
      batch.forEach(Job::succeed);
    }
  }

  /** Notifies the watcher, whose faults must not undo or repeat durable work. */
  private static void tell(Runnable watcher) {
    try {
      watcher.run();
    } catch (RuntimeException notOurs) {
      // The writer goes on; the watcher misses this transaction.
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
   * Begins a new transaction: on a full disk SQLite rolls back by itself, unnoticed by the driver,
   * and then every later statement would commit alone and leave half a change durable.
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
      case SQLException e -> new StoreUnavailable("The write failed and changed nothing", e);
      case StoreUnavailable e -> new StoreUnavailable("The write failed", e);
      case RuntimeException e -> e;
      case null, default -> new IllegalStateException("A write failed unexpectedly", cause);
    };
  }

  @Override
  public void close() {
    closed = true;
    // Wakes the writer if it waits for works.
    arrived.release();
    try {
      thread.join(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
