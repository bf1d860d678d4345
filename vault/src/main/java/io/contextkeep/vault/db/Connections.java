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

/**
 * How connections to one SQLite file are set up: write-ahead log, full synchronisation, deleted
 * bytes overwritten, no memory mapping (mapped reads beside commits in one file cost a factor of
 * two).
 */
final class Connections {
  /** Waiting is done on Java's locks; in SQLite it would hold a carrier thread in native code. */
  private static final int BUSY_MILLIS = 200;

  private Connections() {}

  static Connection writer(Path file) throws SQLException {
    SQLiteConfig config = config();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    execute(connection, "PRAGMA secure_delete = ON");
    execute(connection, "PRAGMA wal_autocheckpoint = 4000");
    return connection;
  }

  static Connection reader(Path file) throws SQLException {
    Connection connection = config().createConnection("jdbc:sqlite:" + file);
    execute(connection, "PRAGMA query_only = ON");
    return connection;
  }

  /** Brings the schema up to the last migration; each is one transaction. */
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
    for (int next = version + 1; next <= migrations.size(); next++) {
      connection.setAutoCommit(false);
      for (String statement : migrations.get(next - 1).split(";\\s*(\\n|$)")) {
        if (!statement.isBlank()) {
          execute(connection, statement);
        }
      }
      execute(connection, "PRAGMA user_version = " + next);
      connection.commit();
    }
    connection.setAutoCommit(false);
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
    config.setCacheSize(-16_000);
    // The driver would run a second statement after every INSERT, for keys that nobody asks for.
    config.setGetGeneratedKeys(false);
    return config;
  }

  private static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      return row.getInt(1);
    }
  }
}
