package io.contextkeep.audit.verify;

import io.contextkeep.audit.FormerLog;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Connections to a log's database file. */
final class Connections {

  private Connections() {}

  /**
   * Opens a read-only connection, so that a running vault's file can be checked; the file may be of
   * an older vault.
   */
  static Connection readOnly(Path file) throws SQLException {
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:file:" + file.toAbsolutePath() + "?mode=ro");
    FormerLog.show(connection);
    connection.setAutoCommit(false);
    return connection;
  }

  /** Opens a connection to a copy that may be changed. */
  static Connection toCopy(Path file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
  }
}
