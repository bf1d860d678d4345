package io.contextkeep.audit;

/** A database with a log in it, for those who only look. */
public interface LogReader {
  /** Runs the work on a reader's connection, in one snapshot. */
  <T> T inRead(LogStore.Work<T> work);
}
