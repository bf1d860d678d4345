package io.contextkeep.audit;

/** Read access to the database of a log. */
public interface LogReader {
  /** Runs the work on a read connection, in one snapshot. */
  <T> T inRead(LogStore.Work<T> work);
}
