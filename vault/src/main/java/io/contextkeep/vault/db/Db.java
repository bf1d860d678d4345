package io.contextkeep.vault.db;

import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.audit.proof.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One SQLite file, with one writer that commits in groups and a few readers that each see one
 * snapshot. A write that returns is on disk, in the file of that name; a write that throws has
 * changed nothing.
 */
public final class Db implements LogStore, AutoCloseable {
  /** The most readers at a time. */
  private static final int READERS = 4;

  /** Readers reserved for urgent work. */
  private static final int URGENT_READERS = 2;

  private static final ScopedValue<Boolean> URGENT = ScopedValue.newInstance();

  private static final int QUEUE = 4_096;

  /** The pause between attempts to empty the log, each of which blocks the writer. */
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

  /** The longest wait of a caller before the store counts as unavailable. */
  public static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final Duration REWRITING = Duration.ofHours(2);

  private final Path file;
  private final OpenedFile opened;
  private final Duration deadline;
  private final Connection writeConnection;

  /** Opened when it is first needed: most databases are not checkpointed aside. */
  private volatile @Nullable Connection checkpointer;

  private final Writer writer;
  private final Readers readers;
  private final Readers urgentReaders;

  private Db(Path file, Connection writeConnection, ThreadFactory threads, Duration deadline) {
    this.file = file;
    this.deadline = deadline;
    this.writeConnection = writeConnection;
    this.opened = new OpenedFile(file);
    this.writer = new Writer(writeConnection, opened, QUEUE, deadline, threads);
    this.readers = new Readers(opened, READERS, deadline);
    this.urgentReaders = new Readers(opened, URGENT_READERS, deadline);
  }

  /**
   * Opens the file, creates it if needed, and applies the missing migrations.
   *
   * @throws StoreUnavailable if it cannot be opened for writing
   */
  public static Db open(Path file, List<String> migrations, ThreadFactory threads) {
    return open(file, migrations, threads, DEADLINE);
  }

  public static Db open(
      Path file, List<String> migrations, ThreadFactory threads, Duration deadline) {
    try {
      // SQLite keeps the permissions of an empty file and gives them to its log files.
      PrivateFiles.make(file);
      Connection writer = Connections.writer(file);
      Connections.migrate(writer, migrations);
      return new Db(file, writer, threads, deadline);
    } catch (IOException | SQLException e) {
      throw new StoreUnavailable("Cannot open " + file + " for reading and writing", e);
    }
  }

  /**
   * Loads the driver and SQLite's library, for which the first database to be opened would wait.
   *
   * @throws StoreUnavailable if they cannot be loaded
   */
  public static void loadDriver() {
    try {
      Connections.inMemory().close();
    } catch (SQLException e) {
      throw new StoreUnavailable("SQLite's library cannot be loaded", e);
    }
  }

  /** Runs urgent work: its reads and writes, in any database, wait only for other urgent ones. */
  public static <T> T urgently(Supplier<T> work) {
    return ScopedValue.where(URGENT, true).call(work::get);
  }

  static boolean isUrgent() {
    return URGENT.orElse(false);
  }

  @Override
  public <T> T inWrite(Work<T> work) {
    return writer.write(work);
  }

  @Override
  public <T> T inRead(Work<T> work) {
    checkInPlace();
    Readers pool = isUrgent() ? urgentReaders : readers;
    Connection connection = pool.take();
    try {
      return inSnapshot(connection, work);
    } catch (SQLException e) {
      throw new StoreUnavailable("The read failed", e);
    } finally {
      pool.giveBack(connection);
    }
  }

  /** Runs the work on one snapshot. */
  private static <T> T inSnapshot(Connection connection, Work<T> work) throws SQLException {
    Sql.update(connection, "BEGIN");
    boolean read = false;
    try {
      T result = work.run(connection);
      read = true;
      return result;
    } finally {
      Sql.update(connection, read ? "COMMIT" : "ROLLBACK");
    }
  }

  @Override
  public void join(Participant participant) {
    writer.join(participant);
  }

  /**
   * Tells a listener the keys of changed rows after each commit, before its writers are answered.
   * It runs on the writer's thread and must neither wait nor throw.
   *
   * @param keyColumns for each table the column whose value is told, a whole number
   */
  public void watchRows(Map<String, String> keyColumns, Consumer<Set<Long>> listener) {
    inWrite(
        c -> {
          writer.join(ChangedRows.watch(c, keyColumns, listener));
          return 0;
        });
  }

  /** Returns the writes that are on their way. */
  public Arrivals arrivals() {
    return writer.arrivals();
  }

  /** Sets the watcher of transactions. */
  public void watch(WriteWatch watch) {
    writer.watch(watch);
  }

  /**
   * Rewrites the file from its live rows. Deleting a row overwrites it, but neither the stale
   * copies that page splits leave in unused space nor keys in the inner pages of a tree. Writes
   * wait meanwhile, about ten seconds for a gigabyte. It uses a connection of its own, because
   * SQLite refuses on a connection with prepared statements.
   */
  public void rewrite() {
    writer.alone(
        _ -> {
          try (Connection own = Connections.writer(file)) {
            Connections.execute(own, "VACUUM");
          }
          return 0;
        },
        REWRITING);
  }

  /**
   * Checks from time to time that the file is where it was opened. Reads and writes do so
   * themselves; this is for answers from memory.
   *
   * @throws StoreUnavailable if it was moved, deleted or replaced
   */
  public void checkInPlace() {
    opened.checkNowAndThen();
  }

  /** Returns the file's size in bytes, without the write-ahead log. */
  public long size() {
    return inRead(
        c ->
            Sql.one(
                    c,
                    "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                    row -> row.getLong(1))
                .orElseThrow());
  }

  /**
   * Rewrites the file's first page unchanged, as a commit that needs the disk.
   *
   * @throws StoreUnavailable if nothing can be written now
   */
  public void touch() {
    inWrite(
        c -> {
          int version = Sql.one(c, "PRAGMA user_version", row -> row.getInt(1)).orElseThrow();
          return Sql.update(c, "PRAGMA user_version = " + version);
        });
  }

  /**
   * Copies what it can of the write-ahead log into the file, beside readers and writer, so that the
   * writer has little left to copy when the log is full. To be called by one thread, about twice a
   * second; without it nothing is lost, but all wait longer for the writer now and then.
   *
   * @throws StoreUnavailable if the file cannot be written
   */
  public void checkpoint() {
    checkInPlace();
    try {
      Connections.execute(checkpointer(), "PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException e) {
      throw new StoreUnavailable("The write-ahead log cannot be copied into the file", e);
    }
  }

  private Connection checkpointer() throws SQLException {
    Connection open = checkpointer;
    if (open == null) {
      // Another file of that name must not be opened for this one.
      opened.check();
      open = Connections.checkpointer(file);
      checkpointer = open;
    }
    return open;
  }

  /** Returns the number of writes that wait for the next transaction. */
  public int queued() {
    return writer.queued();
  }

  /**
   * Moves the write-ahead log into the file and empties it, so that deleted rows leave the log too.
   * It waits for readers that began earlier.
   *
   * @throws StoreUnavailable if they are not done within the deadline
   */
  public void truncateWal() {
    long latest = System.nanoTime() + deadline.toNanos();
    while (!writer.<Boolean>alone(Db::emptied)) {
      if (System.nanoTime() - latest > 0) {
        throw new StoreUnavailable("Readers prevent the write-ahead log from being emptied");
      }
      LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
    }
  }

  private static boolean emptied(Connection c) throws SQLException {
    try (Statement statement = c.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
      return row.getInt(1) == 0;
    }
  }

  @Override
  public void close() {
    writer.close();
    try {
      readers.close();
      urgentReaders.close();
      Connection aside = checkpointer;
      if (aside != null) {
        aside.close();
      }
      Statements.close(writeConnection);
    } catch (SQLException e) {
      throw new StoreUnavailable("The database did not close", e);
    }
  }

  /** A quick observer of the writer's transactions, called on the writer's thread. */
  public interface WriteWatch {
    /** An observer that does nothing. */
    WriteWatch NONE =
        new WriteWatch() {
          @Override
          public void committed(int works) {}

          @Override
          public void failed(RuntimeException why) {}
        };

    /**
     * @param works the number of works in the transaction
     */
    void committed(int works);

    /**
     * @param why the exception that the caller gets: {@link io.contextkeep.audit.StoreUnavailable}
     *     if the store is at fault and not the work
     */
    void failed(RuntimeException why);
  }
}
