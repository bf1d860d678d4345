package io.contextkeep.audit;

import java.util.Optional;

/**
 * The log's last checkpoint, kept where a copy of the database does not reach. A database that was
 * put back to an older state, or exchanged, is found out by it at the next start.
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
