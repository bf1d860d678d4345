package io.contextkeep.vault.db;

import io.contextkeep.audit.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The identity of an open database file and its write-ahead log. SQLite keeps writing into a file
 * that was renamed, deleted or replaced, and then a backup or the next start does not find what was
 * reported durable. File systems without file keys are not checked.
 */
final class OpenedFile {
  private static final Logger LOG = LoggerFactory.getLogger(OpenedFile.class);

  /** The time for which a check is valid while nothing is written. */
  private static final Duration RECENT = Duration.ofMillis(100);

  private final Path file;
  private final Path wal;
  private final Optional<Object> fileKey;
  private volatile Optional<Object> walKey = Optional.empty();
  private final AtomicBoolean inPlace = new AtomicBoolean(true);
  private final AtomicLong looked = new AtomicLong(System.nanoTime());

  /** Remembers the file's identity; the database must be open already. */
  OpenedFile(Path file) {
    this.file = file;
    this.wal = file.resolveSibling(file.getFileName() + "-wal");
    this.fileKey = key(file);
  }

  Path path() {
    return file;
  }

  /**
   * Checks the files.
   *
   * @throws StoreUnavailable if one of them was moved or replaced
   */
  void check() {
    looked.set(System.nanoTime());
    boolean found = isThere(file, fileKey) && isThere(wal, walKey);
    if (walKey.isEmpty()) {
      // SQLite creates it with the first transaction and keeps it while the database is open.
      walKey = key(wal);
    }
    if (inPlace.getAndSet(found) != found) {
      LOG.atLevel(found ? Level.INFO : Level.ERROR)
          .addKeyValue("file", String.valueOf(file.getFileName()))
          .log(
              found
                  ? "the database file is back"
                  : "the database file was moved, deleted or replaced while it is open:"
                      + " nothing is answered until it is back");
    }
    if (!found) {
      throw new StoreUnavailable("The database file is not where it was opened");
    }
  }

  /** Checks the files unless a recent check succeeded. */
  void checkNowAndThen() {
    boolean recent = System.nanoTime() - looked.get() < RECENT.toNanos();
    if (!recent || !inPlace.get()) {
      check();
    }
  }

  private static boolean isThere(Path file, Optional<Object> known) {
    return known.isEmpty() || key(file).equals(known);
  }

  /** Device and inode. */
  private static Optional<Object> key(Path file) {
    try {
      return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    } catch (IOException notThere) {
      return Optional.empty();
    }
  }
}
