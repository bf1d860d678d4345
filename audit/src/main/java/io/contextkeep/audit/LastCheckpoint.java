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

  /** The note that was kept last; empty where none ever was. */
  Optional<String> read();

  /**
   * Keeps the note instead of the last one. A crash leaves the one or the other, never half of one.
   *
   * @throws java.io.UncheckedIOException if it cannot be kept
   */
  void keep(String note);

  /** Returns when what was kept would survive a power failure. */
  void sync();
}
