package io.contextkeep.audit.verify;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.Wire;
import io.contextkeep.audit.tree.TilePath;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * An evidence bundle: a whole log in a directory, in the layout of C2SP tlog-tiles, so that other
 * people's tools read it too. Beside that it holds every checkpoint ({@value #HISTORY}), the keys
 * as the log tells them ({@value #KEYS}), and which entries still had their private part ({@value
 * #SEALED}).
 */
public final class Bundle {
  static final String CHECKPOINT = "checkpoint";
  static final String HISTORY = "checkpoints";
  static final String KEYS = "vkeys";
  static final String SEALED = "sealed";

  private Bundle() {}

  /**
   * Writes the log into an empty directory.
   *
   * @param progress told how many tiles and bundles are written
   */
  public static void write(Connection c, Path directory, LongConsumer progress)
      throws SQLException, IOException {
    Note checkpoint =
        Checkpoints.latest(c).orElseThrow(() -> new IOException("The log has no checkpoint"));
    long size = Checkpoint.parse(checkpoint.text()).size();
    long written = 0;
    for (TilePath path : TilePath.all(size)) {
      put(directory.resolve(path.toString()), StoredTiles.get(c, path, size).orElseThrow());
      progress.accept(++written);
    }
    history(c, directory.resolve(HISTORY));
    lines(c, "SELECT vkey FROM audit_vkey ORDER BY rowid", directory.resolve(KEYS));
    lines(c, RANGES, directory.resolve(SEALED));
    put(directory.resolve(CHECKPOINT), checkpoint.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Runs of indices that follow one another, as from-to. */
  private static final String RANGES =
      """
      SELECT min(idx) || '-' || max(idx) FROM (
        SELECT idx, idx - row_number() OVER (ORDER BY idx) AS run FROM audit_private)
      GROUP BY run ORDER BY min(idx)
      """;

  /** Every note of a history, which is nothing but one note after the other. */
  static List<String> notes(String history) {
    List<String> notes = new ArrayList<>();
    int from = 0;
    while (from < history.length()) {
      int end = history.indexOf("\n\n", from);
      int line = end < 0 ? history.length() : end + 2;
      while (history.startsWith("\u2014 ", line)) {
        int next = history.indexOf('\n', line);
        line = next < 0 ? history.length() : next + 1;
      }
      notes.add(history.substring(from, line));
      from = line;
    }
    return notes;
  }

  /** How many entries the ranges name. */
  static long count(String ranges) {
    long count = 0;
    for (String range : ranges.lines().toList()) {
      int dash = range.indexOf('-');
      OptionalLong from = Wire.number(range.substring(0, Math.max(0, dash)));
      OptionalLong to = Wire.number(range.substring(dash + 1));
      if (from.isEmpty() || to.isEmpty() || from.getAsLong() > to.getAsLong()) {
        throw new MalformedNote("The list of sealed entries has a line that is no range");
      }
      count += to.getAsLong() - from.getAsLong() + 1;
    }
    return count;
  }

  private static void history(Connection c, Path file) throws SQLException, IOException {
    try (Checkpoints.Cursor checkpoints = Checkpoints.all(c);
        Writer out = Files.newBufferedWriter(file)) {
      while (checkpoints.size() >= 0) {
        out.write(checkpoints.next());
      }
    }
  }

  private static void lines(Connection c, String sql, Path file) throws SQLException, IOException {
    try (PreparedStatement select = c.prepareStatement(sql);
        ResultSet rows = select.executeQuery();
        Writer out = Files.newBufferedWriter(file)) {
      while (rows.next()) {
        out.write(rows.getString(1) + "\n");
      }
    }
  }

  static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.write(file, bytes);
  }
}
