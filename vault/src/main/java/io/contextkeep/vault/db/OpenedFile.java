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
 * The file that a database was opened as, with its write-ahead log. SQLite goes on writing into a
 * file that was renamed, deleted or replaced: what it reports durable is then not where the next
 * start, or a backup, looks for it. A file system without file keys is not checked.
 */
final class OpenedFile {
  private static final Logger LOG = LoggerFactory.getLogger(OpenedFile.class);

  /** How long a look at the files speaks for them, where nothing is written. */
  private static final Duration RECENT = Duration.ofMillis(100);

  private final Path file;
  private final Path wal;
  private final Optional<Object> fileKey;
  private volatile Optional<Object> walKey = Optional.empty();
  private final AtomicBoolean inPlace = new AtomicBoolean(true);
  private final AtomicLong looked = new AtomicLong(System.nanoTime());

  /** Remembers which file it is now: the database must be open already. */
  OpenedFile(Path file) {
    this.file = file;
    this.wal = file.resolveSibling(file.getFileName() + "-wal");
    this.fileKey = key(file);
  }

  /**
   * Looks at the files.
   *
   * @throws StoreUnavailable if one of them is not where it was, or another one is there
   */
  void check() {
    looked.set(System.nanoTime());
    boolean found = isThere(file, fileKey) && isThere(wal, walKey);
    if (walKey.isEmpty()) {
      // SQLite makes it with the first transaction and keeps it for as long as it is open.
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

  /** The same, unless the last look is recent and all was well then. */
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
