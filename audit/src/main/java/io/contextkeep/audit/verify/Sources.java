package io.contextkeep.audit.verify;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** The sources of logs for commands. */
final class Sources {
  private Sources() {}

  static boolean isUrl(String source) {
    return source.startsWith("http://") || source.startsWith("https://");
  }

  /**
   * Checks that a log exists.
   *
   * @throws IOException naming the missing file
   */
  static Path existing(Path log) throws IOException {
    if (!Files.exists(log)) {
      throw new IOException(
          "not found: " + log + "; give the directory of an evidence bundle or a vault.db");
    }
    return log;
  }

  static Note newest(Connection database) throws IOException, SQLException {
    return Checkpoints.latest(database)
        .orElseThrow(() -> new IOException("The log has no checkpoint"));
  }

  static long size(Connection database) throws IOException, SQLException {
    return Checkpoint.parse(newest(database).text()).size();
  }
}
