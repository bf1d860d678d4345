package io.contextkeep.audit;

import java.util.Optional;

/**
 * The log's last checkpoint, stored outside the database, so that the next start detects a database
 * that was replaced or restored to an older state.
 *
 * <p>It is written after each commit, so it may be behind the database (a crash in between) and can
 * never be ahead of it, unless the database was put back.
 */
interface LastCheckpoint {

  /** Returns the last stored note; empty if there is none. */
  Optional<String> read();

  /**
   * Replaces the last note. A crash leaves one or the other, never a partial one.
   *
   * @throws java.io.UncheckedIOException if it cannot be stored
   */
  void keep(String note);

  /** Waits until the stored note is durable. */
  void sync();
}
