package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.SQLException;

/** Read access to the database of a log. */
public interface LogReader {
  /** Runs the work on a read connection, in one snapshot. */
  <T> T inRead(LogStore.Work<T> work);

  /** Returns a reader of the connection's single snapshot. */
  static LogReader of(Connection connection) {
    return new LogReader() {
      @Override
      public <T> T inRead(LogStore.Work<T> work) {
        try {
          return work.run(connection);
        } catch (SQLException e) {
          throw new StoreUnavailable("The log cannot be read", e);
        }
      }
    };
  }
}
