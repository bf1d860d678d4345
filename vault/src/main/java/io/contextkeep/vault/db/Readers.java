package io.contextkeep.vault.db;

import io.contextkeep.audit.StoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The reading connections to a file, each opened when all others are in use: most files never need
 * more than one.
 */
final class Readers {
  private final OpenedFile file;
  private final Duration deadline;
  private final Semaphore unopened;
  private final BlockingQueue<Connection> idle = new LinkedBlockingQueue<>();
  private final Queue<Connection> opened = new ConcurrentLinkedQueue<>();

  /**
   * @param most the most connections at a time
   * @param deadline the longest wait for one of them
   */
  Readers(OpenedFile file, int most, Duration deadline) {
    this.file = file;
    this.deadline = deadline;
    this.unopened = new Semaphore(most);
  }

  /**
   * Takes a connection, which the caller gives back.
   *
   * @throws StoreUnavailable if none becomes free in time, or another cannot be opened
   */
  Connection take() {
    Connection free = idle.poll();
    if (free != null) {
      return free;
    }
    return unopened.tryAcquire() ? open() : awaited();
  }

  void giveBack(Connection connection) {
    idle.add(connection);
  }

  private Connection open() {
    boolean isOpen = false;
    try {
      // Another file of that name must not be opened for this one.
      file.check();
      Connection another = Connections.reader(file.path());
      opened.add(another);
      isOpen = true;
      return another;
    } catch (SQLException e) {
      throw new StoreUnavailable("The file cannot be opened for another reader", e);
    } finally {
      if (!isOpen) {
        unopened.release();
      }
    }
  }

  private Connection awaited() {
    try {
      Connection connection = idle.poll(deadline.toNanos(), TimeUnit.NANOSECONDS);
      if (connection == null) {
        throw new StoreUnavailable("No reader became free in time");
      }
      return connection;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("Interrupted while waiting for a reader", e);
    }
  }

  void close() throws SQLException {
    for (Connection connection : List.copyOf(opened)) {
      Statements.close(connection);
    }
  }
}
