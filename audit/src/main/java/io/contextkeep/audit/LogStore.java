package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The database that an {@link AuditLog} lives in. The log owns its tables and its tree; the store
 * owns the file, the one writer and the moment of durability, so that an entry and the change it
 * records share one transaction.
 */
public interface LogStore extends LogReader {

  /** Work in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * A listener of the writer, called on the writer's thread around each transaction (which may hold
   * many works).
   */
  interface Participant {
    /** Called in the transaction, right before it commits. */
    default void committing(Connection connection) throws SQLException {}

    void committed();

    void rolledBack();
  }

  /**
   * Runs the work on the one writer and returns when its transaction is durable (fsync).
   *
   * @throws StoreUnavailable if it could not be made durable; then nothing has changed
   */
  <T> T inWrite(Work<T> work);

  void join(Participant participant);
}
