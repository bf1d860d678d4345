package io.contextkeep.vault.db;

import io.contextkeep.audit.StoreUnavailable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteOpenMode;

/**
 * The setup of connections to a SQLite file: write-ahead log, full synchronisation, deleted bytes
 * overwritten, and no memory mapping (mapped reads beside commits in one file halve the speed).
 */
final class Connections {
  /** Zero: threads wait on Java's locks, since waiting in SQLite would pin a carrier thread. */
  private static final int BUSY_MILLIS = 200;

  /**
   * The pages of the write-ahead log after which the writer copies the rest into the file itself,
   * 64 MB, so that the log begins anew.
   */
  private static final int CHECKPOINT_PAGES = 16_000;

  /** The pages that the writer keeps: those of the last transactions, which it changes again. */
  private static final int WRITER_KIBIBYTES = 64_000;

  private Connections() {}

  static Connection writer(Path file) throws SQLException {
    SQLiteConfig config = config();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    execute(connection, "PRAGMA secure_delete = ON");
    execute(connection, "PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
    execute(connection, "PRAGMA cache_size = -" + WRITER_KIBIBYTES);
    return connection;
  }

  /** Returns a connection that copies the write-ahead log into the file, beside the writer. */
  static Connection checkpointer(Path file) throws SQLException {
    SQLiteConfig config = ofExisting();
    config.setSynchronous(SynchronousMode.FULL);
    return config.createConnection("jdbc:sqlite:" + file);
  }

  /** Returns a connection to an empty database in memory. */
  static Connection inMemory() throws SQLException {
    return config().createConnection("jdbc:sqlite::memory:");
  }

  static Connection reader(Path file) throws SQLException {
    Connection connection = ofExisting().createConnection("jdbc:sqlite:" + file);
    execute(connection, "PRAGMA query_only = ON");
    return connection;
  }

  /** Applies the missing migrations, all in one transaction. */
  static void migrate(Connection connection, List<String> migrations) throws SQLException {
    int version = version(connection);
    if (version > migrations.size()) {
      throw new StoreUnavailable(
          "The database has schema "
              + version
              + ", this program knows "
              + migrations.size()
              + ": start a newer program");
    }
    connection.setAutoCommit(false);
    for (String migration : migrations.subList(version, migrations.size())) {
      for (String statement : migration.split(";\\s*(\\n|$)")) {
        if (!statement.isBlank()) {
          execute(connection, statement);
        }
      }
    }
    if (version < migrations.size()) {
      execute(connection, "PRAGMA user_version = " + migrations.size());
      connection.commit();
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    // The driver's monitor lets one thread at a time into a connection; without this SQLite would
    // lock again for every column.
    config.setOpenMode(SQLiteOpenMode.NOMUTEX);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
    config.setCacheSize(-16_000);
    // Without this the driver runs a second statement after every INSERT, for unused generated
    // keys.
    config.setGetGeneratedKeys(false);
    return config;
  }

  /** Returns the configuration for a file that must exist. */
  private static SQLiteConfig ofExisting() {
    SQLiteConfig config = config();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    return config;
  }

  private static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      return row.getInt(1);
    }
  }
}
