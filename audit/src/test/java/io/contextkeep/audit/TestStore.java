package io.contextkeep.audit;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** A real SQLite file with one writer, one transaction for each work. */
public final class TestStore implements LogStore, AutoCloseable {
  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Participant> participants = new ArrayList<>();

  public TestStore(Path file) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("PRAGMA secure_delete = ON");
    }
    connection.setAutoCommit(false);
  }

  public static TestStore create(Path file) throws SQLException {
    TestStore store = new TestStore(file);
    store.sql(String.join("", AuditLog.migrations()).split(";"));
    return store;
  }

  /** Changes the file as an attacker would. */
  public void sql(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        if (!sql.isBlank()) {
          statement.executeUpdate(sql);
        }
      }
    }
    connection.commit();
  }

  @Override
  public <T> T inWrite(Work<T> work) {
    lock.lock();
    try {
      T result = work.run(connection);
      for (Participant participant : participants) {
        participant.committing(connection);
      }
      connection.commit();
      participants.forEach(Participant::committed);
      return result;
    } catch (SQLException e) {
      rollBack();
      throw new StoreUnavailable("The write failed", e);
    } catch (RuntimeException e) {
      rollBack();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void rollBack() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      throw new StoreUnavailable("The rollback failed", e);
    }
    participants.forEach(Participant::rolledBack);
  }

  @Override
  public <T> T inRead(Work<T> work) {
    lock.lock();
    try {
      return work.run(connection);
    } catch (SQLException e) {
      throw new StoreUnavailable("The read failed", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void join(Participant participant) {
    participants.add(participant);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
