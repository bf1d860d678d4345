package io.contextkeep.vault.db;

import io.contextkeep.audit.LogStore.Work;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.audit.proof.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies of a database file, made while another process writes to it: SQLite's {@code VACUUM INTO}
 * sees one snapshot and, with a write-ahead log, blocks no writer.
 */
public final class DbCopy {
  private DbCopy() {}

  /**
   * Writes a copy that only its owner may read at any time, and that is on disk when this returns.
   *
   * @throws StoreUnavailable if the file cannot be read or the copy cannot be written
   */
  public static void write(Path file, Path copy) throws IOException {
    if (Files.notExists(file)) {
      throw new StoreUnavailable(
          "File not found: " + file + ": check the settings 'data' and 'keys'");
    }
    // SQLite keeps the permissions of an empty file; one that it creates is readable by others.
    Files.createFile(copy, PrivateFiles.file());
    onItsOwn(
        file,
        c -> {
          Connections.execute(c, "PRAGMA query_only = OFF");
          return Sql.update(c, "VACUUM INTO ?", copy.toString());
        });
    // VACUUM INTO does not synchronise what it wrote.
    try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Reads a copy that no other process has open. */
  public static <T> T read(Path copy, Work<T> work) {
    return onItsOwn(
        copy,
        c -> {
          Sql.update(c, "BEGIN");
          T result = work.run(c);
          Sql.update(c, "COMMIT");
          return result;
        });
  }

  private static <T> T onItsOwn(Path file, Work<T> work) {
    try {
      Connection connection = Connections.reader(file);
      try {
        return work.run(connection);
      } finally {
        Statements.close(connection);
      }
    } catch (SQLException e) {
      throw new StoreUnavailable("Cannot read or copy " + file, e);
    }
  }

  /** Returns the faults that SQLite finds in a copy: pages, indexes, references. */
  public static List<String> faults(Path copy) {
    return read(
        copy,
        c -> {
          List<String> faults =
              new ArrayList<>(Sql.query(c, "PRAGMA integrity_check", row -> row.getString(1)));
          faults.remove("ok");
          faults.addAll(
              Sql.query(
                  c,
                  "PRAGMA foreign_key_check",
                  row -> "a row of " + row.getString(1) + " refers to a missing row"));
          return faults;
        });
  }
}
